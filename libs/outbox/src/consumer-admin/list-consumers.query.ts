import { Query } from '@nestjs/cqrs';
import type { ConsumerView } from './consumer.view.js';

/** Every consumer that the database knows, by name. */
export class ListConsumers extends Query<readonly ConsumerView[]> {}
