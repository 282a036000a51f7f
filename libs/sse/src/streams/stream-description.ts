import { z } from 'zod';
import type { EventStream } from './event-stream.js';

const STREAM = z.object({
  id: z.string(),
  operator: z.string(),
  api_key_id: z.string().nullable(),
  since: z.string(),
  address: z.string().nullable(),
  filter: z.object({ types: z.array(z.string()), correlation_id: z.string().nullable(), aggregate_id: z.string().nullable() }),
  resume: z.string(),
  sent_frames: z.number(),
  waiting_frames: z.number(),
});

/** The streams of one process, as it names them in its heartbeat. */
export const STREAMS = z.array(STREAM);

/** One open stream, as an operator sees it. */
export type StreamDescription = z.infer<typeof STREAM>;

/** One open stream with its process, and when that process said so; ISO 8601. */
export interface SeenStream extends StreamDescription {
  readonly process_id: string;
  readonly seen_at: string;
}

/** What an operator sees of a stream that has begun. */
export function describe(stream: EventStream): StreamDescription {
  const { id, principal, address, filter, resume, sentFrames, waitingFrames, beganAt } = stream;
  return {
    id,
    operator: principal.email,
    api_key_id: principal.apiKeyId ?? null,
    since: beganAt.toISOString(),
    address,
    filter: { types: [...filter.types], correlation_id: filter.correlationId ?? null, aggregate_id: filter.aggregate?.id ?? null },
    resume: resume ?? 'live',
    sent_frames: sentFrames,
    waiting_frames: waitingFrames,
  };
}
