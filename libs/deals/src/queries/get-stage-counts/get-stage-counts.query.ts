import { Query } from '@nestjs/cqrs';

/** How many deals are in each stage: all nine, zeros too, and after them stages of adopted data that are none of the nine. */
export type StageCounts = Readonly<Record<string, number>>;

/** Counts active deals by stage. */
export class GetStageCounts extends Query<StageCounts> {}
