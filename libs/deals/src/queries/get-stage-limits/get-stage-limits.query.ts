import { Query } from '@nestjs/cqrs';
import type { StageLimits } from '../../views/stage-limits.js';

/** The days after which deals are stuck, by stage. */
export class GetStageLimits extends Query<StageLimits> {}
