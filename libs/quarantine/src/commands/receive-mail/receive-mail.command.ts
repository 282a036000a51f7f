import { Command } from '@nestjs/cqrs';
import type { Mail } from '../../domain/mail.js';
import type { ItemView } from '../../views/item.js';

/** The result of {@link ReceiveMail}. */
export interface ReceivedMail {
  readonly item: ItemView;
  /** False when the same mail is here already; then nothing was written. */
  readonly isNew: boolean;
}

/** Take a mail in; once for each message id. */
export class ReceiveMail extends Command<ReceivedMail> {
  constructor(readonly mail: Mail) {
    super();
  }
}
