import { Query } from '@nestjs/cqrs';
import type { ExplanationView } from '../../explanation.view.js';

/** The way of one event from the request to its effects. Fails with ExplainedEventNotFoundError. */
export class ExplainEvent extends Query<ExplanationView> {
  constructor(readonly id: string) {
    super();
  }
}
