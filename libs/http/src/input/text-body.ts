import { SetMetadata } from '@nestjs/common';

const MARK = 'zakops:text-body';

/** A body that is no JSON. */
export interface TextBodyOptions {
  /** Media types, for example `text/csv`. */
  readonly types: readonly string[];
  readonly maxBytes: number;
}

/** Lets a route take a text in UTF-8 in place of JSON, as one string. */
export function TextBody(options: TextBodyOptions): MethodDecorator {
  return SetMetadata(MARK, options);
}

/** What {@link TextBody} says of a handler; undefined without the mark. */
export function textBodyOf(handler: object): TextBodyOptions | undefined {
  return Reflect.getMetadata(MARK, handler) as TextBodyOptions | undefined;
}
