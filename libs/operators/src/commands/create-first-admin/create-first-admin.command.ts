import { Command } from '@nestjs/cqrs';

/** The first administrator, and the generated password, which is shown only here. */
export interface FirstAdmin {
  readonly email: string;
  readonly password: string;
}

/** Creates an administrator when there is no operator; null when there is one. */
export class CreateFirstAdmin extends Command<FirstAdmin | null> {
  constructor(
    readonly email: string,
    readonly name: string,
  ) {
    super();
  }
}
