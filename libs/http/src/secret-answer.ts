import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';

const SECRET_ANSWER = 'zakops:secret-answer';

/** Says of an operation in OpenAPI that its answer is secret. */
export const SECRET_ANSWER_EXTENSION = 'x-secret-answer';

/**
 * Marks a route whose answer holds a secret, such as a new API key: it is kept nowhere, not even to answer a repeated call with the same
 * idempotency key, which is then refused and has no second effect. Of what was sent to it nothing is kept either. Every route that takes
 * a password needs the mark. Such an answer has no tag of its body, and `Cache-Control: no-store`.
 */
export function SecretAnswer(): MethodDecorator & ClassDecorator {
  return applyDecorators(SetMetadata(SECRET_ANSWER, true), ApiExtension(SECRET_ANSWER_EXTENSION, true));
}

/** True for a route, or a route of a controller, with the mark. */
export function isSecretAnswer(controller: object, handler: object): boolean {
  return Reflect.getMetadata(SECRET_ANSWER, handler) === true || Reflect.getMetadata(SECRET_ANSWER, controller) === true;
}
