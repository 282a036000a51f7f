import type { Principal } from '#zakops/auth';
import { endRequestSpan } from '#zakops/http';
import { tracing } from '#zakops/tracing';
import { Injectable } from '@nestjs/common';
import type { ServerResponse } from 'node:http';
import type { EventFilter } from '../events/event-filter.js';
import { ResumePoint } from '../resume/resume-point.js';
import type { StreamStart } from '../resume/resume-point.js';
import { encodeControl, RETRY_LINE } from '../wire/frames.js';
import { formatStreamId } from '../wire/stream-id.js';
import type { EventStream } from '../streams/event-stream.js';
import { LogTail } from '../log/log-tail.js';
import { SseHub } from './sse-hub.js';
import { StreamsUnavailableError } from '../streams/stream-admission.js';

// A process that has just started reaches its log within this, or its clients had better ask another one.
const READY_WAIT_MS = 5_000;

/** What every answer with a stream carries. */
export const STREAM_HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store, no-transform',
  'X-Accel-Buffering': 'no',
} as const;

/** What a client asks for. */
export interface StreamRequest {
  readonly filter: EventFilter;
  /** Where it was, in any form that {@link ResumePoint.find} takes. */
  readonly lastEventId: string | undefined;
  /** Who asks. */
  readonly principal: Principal;
}

/** Opens streams: admits, finds where to begin, says so in the first frame, and hands over to the hub. */
@Injectable()
export class StreamOpener {
  constructor(
    private readonly hub: SseHub,
    private readonly tail: LogTail,
    private readonly resumePoint: ResumePoint,
  ) {}

  /**
   * Opens a stream on a response, whose head must not be written yet.
   *
   * @throws TooManyStreamsError, TooManyStreamsOfUserError, StreamsUnavailableError, DatabaseUnavailableError
   */
  async open(response: ServerResponse, { filter, lastEventId, principal }: StreamRequest): Promise<void> {
    const stream = this.hub.admit(response, filter, principal);
    try {
      if ((await this.tail.whenReady(READY_WAIT_MS)) === undefined) {
        throw new StreamsUnavailableError('The event log cannot be reached yet.');
      }
      this.begin(stream, await this.resumePoint.find(lastEventId));
      if (tracing.on && stream.hasBegun) endRequestSpan(response);
    } catch (error) {
      stream.abandon();
      throw error;
    }
    if (!stream.hasBegun && !response.destroyed) throw new StreamsUnavailableError('This process is stopping; another one will answer.');
  }

  /** From here to the hub in one step: nothing can be published in between. */
  private begin(stream: EventStream, found: StreamStart): void {
    const head = this.tail.head;
    if (head === undefined || !stream.isOpen) return;
    const moved = found.status === 'replayed' && found.from.epoch !== head.epoch;
    const start: StreamStart = moved ? { status: 'reset', reason: 'epoch_changed' } : found;
    const from = start.status === 'replayed' ? start.from : head;
    const data = {
      status: start.status,
      ...(start.status === 'reset' ? { reason: start.reason } : {}),
      position: from.position,
      head: Math.max(head.position, from.position),
    };
    stream.begin(
      start.status === 'reset' ? `reset: ${start.reason}` : start.status,
      {
        ...STREAM_HEADERS,
        'Last-Event-ID': formatStreamId(from),
      },
      RETRY_LINE + encodeControl(start.status, data, from),
    );
    if (start.status === 'replayed') this.hub.replay(stream, from);
    else this.hub.goLive(stream);
  }
}
