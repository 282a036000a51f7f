import { Query } from '@nestjs/cqrs';
import type { GuardView } from '../../views/guard.js';

/** Every guard, by stage. */
export class ListGuards extends Query<readonly GuardView[]> {}
