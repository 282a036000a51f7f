import { Command } from '@nestjs/cqrs';

/** Remove a guard. */
export class RemoveGuard extends Command<void> {
  constructor(readonly guardId: string) {
    super();
  }
}
