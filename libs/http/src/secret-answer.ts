import { SetMetadata } from '@nestjs/common';

const SECRET_ANSWER = 'zakops:secret-answer';

/**
 * Marks a route whose answer holds a secret, such as a new API key: it is kept nowhere, not even to answer a repeated call with the same
 * idempotency key, which is then refused and has no second effect.
 */
export function SecretAnswer(): MethodDecorator & ClassDecorator {
  return SetMetadata(SECRET_ANSWER, true);
}

/** True for a route, or a route of a controller, with the mark. */
export function isSecretAnswer(controller: object, handler: object): boolean {
  return Reflect.getMetadata(SECRET_ANSWER, handler) === true || Reflect.getMetadata(SECRET_ANSWER, controller) === true;
}
