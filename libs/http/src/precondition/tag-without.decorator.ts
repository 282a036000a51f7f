import { applyDecorators, UseInterceptors } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { Request } from 'express';
import { tap } from 'rxjs';
import type { Observable } from 'rxjs';
import { notesOf } from '../context/request-notes.js';

/**
 * Marks a read whose body holds values that follow from the clock: its tag leaves them out, so that a quiet system answers 304.
 *
 * @remarks The tag is weak (RFC 9110, 8.8.1), because bodies that differ in these values share it. Leave out only what a client can tell
 * from another value and the `Date` of the answer, or what is of no use once it is stale.
 * @param members - names of members, at any depth
 * @see docs/adr/0016-entity-tags.md
 */
export function TagWithout(...members: readonly string[]): MethodDecorator {
  return applyDecorators(UseInterceptors(new TagWithoutInterceptor(new Set(members))));
}

class TagWithoutInterceptor implements NestInterceptor {
  constructor(private readonly members: ReadonlySet<string>) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<Request>();
    return next.handle().pipe(
      tap((body) => {
        const notes = notesOf(request);
        // The same values in another vocabulary are another body.
        const form = notes.translation === undefined ? '' : '\ntranslated';
        notes.tagCovers = { text: textWithout(body, this.members) + form, isWeak: true };
      }),
    );
  }
}

/** JSON of a value without some members at any depth. */
export function textWithout(value: unknown, members: ReadonlySet<string>): string {
  return JSON.stringify(value, (name, member: unknown) => (members.has(name) ? undefined : member));
}
