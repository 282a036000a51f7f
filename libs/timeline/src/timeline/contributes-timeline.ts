import { DiscoveryService } from '@nestjs/core';
import type { TimelineType } from './timeline-source.js';

/** Marks a provider of any module as the TimelineSource of a type: `@ContributesTimeline({ type: 'note' })`. */
export const ContributesTimeline = DiscoveryService.createDecorator<{ readonly type: TimelineType }>();
