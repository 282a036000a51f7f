import { Query } from '@nestjs/cqrs';
import type { SenderView } from '../../views/sender.js';

/** One sender; fails with SenderNotFoundError. */
export class GetSender extends Query<SenderView> {
  constructor(readonly email: string) {
    super();
  }
}
