import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import type { ReplayPreview } from '../../replay/replay.js';
import { ReplayReader } from '../replay.reader.js';
import { PreviewReplay } from './preview-replay.query.js';

@QueryHandler(PreviewReplay)
export class PreviewReplayHandler implements IQueryHandler<PreviewReplay> {
  constructor(private readonly reader: ReplayReader) {}

  async execute({ consumer, range }: PreviewReplay): Promise<ReplayPreview> {
    return this.reader.preview(consumer, range);
  }
}
