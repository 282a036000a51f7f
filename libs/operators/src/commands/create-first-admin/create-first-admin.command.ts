import { Command } from '@nestjs/cqrs';

/** The first administrator and the password made for it. The password is given out here and never again. */
export interface FirstAdmin {
  readonly operatorId: string;
  readonly email: string;
  readonly password: string;
}

/** Makes an administrator when there is no operator at all; null when there is one. */
export class CreateFirstAdmin extends Command<FirstAdmin | null> {
  constructor(
    readonly email: string,
    readonly name: string,
  ) {
    super();
  }
}
