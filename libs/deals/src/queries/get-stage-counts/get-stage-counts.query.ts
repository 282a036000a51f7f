import { Query } from '@nestjs/cqrs';
import type { StageCounts } from '../../views/pipeline.js';

/** Counts active deals by stage. */
export class GetStageCounts extends Query<StageCounts> {}
