import { EventRepository } from '#zakops/database';
import { EventLog } from '#zakops/outbox';
import { Injectable } from '@nestjs/common';
import { EventReader } from '../events/event.reader.js';
import { LogTail } from '../log/log-tail.js';
import { SseConfig } from '../sse.config.js';
import { parseStreamId } from '../wire/stream-id.js';
import type { StreamId } from '../wire/stream-id.js';
import type { ResetReason } from '../wire/reset-reason.js';

/** How a stream begins. */
export type StreamStart =
  | { readonly status: 'live' }
  | { readonly status: 'replayed'; readonly from: StreamId }
  | { readonly status: 'reset'; readonly reason: ResetReason };

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Decides whether a stream can resume where its client says it was. */
@Injectable()
export class ResumePoint {
  constructor(
    private readonly tail: LogTail,
    private readonly log: EventLog,
    private readonly queries: EventReader,
    private readonly events: EventRepository,
    private readonly config: SseConfig,
  ) {}

  /**
   * Finds the start for a client's last id.
   *
   * @remarks Accepts the `id:` of any frame, and the UUID of an event (the `id` of its CloudEvent), for clients that keep only
   * events. A client that missed nothing costs no query.
   * @param lastEventId - undefined or empty when the client has none: it goes live
   * @throws DatabaseUnavailableError when the log must be asked and does not answer
   */
  async find(lastEventId: string | undefined): Promise<StreamStart> {
    if (lastEventId === undefined || lastEventId === '') return { status: 'live' };
    const id = parseStreamId(lastEventId);
    if (id !== undefined) return this.inEpoch(id.epoch, id.position);
    if (!UUID.test(lastEventId)) return { status: 'reset', reason: 'unknown_id' };
    const position = await this.events.positionOf(lastEventId);
    return position === undefined ? { status: 'reset', reason: 'unknown_id' } : this.after(position);
  }

  private async inEpoch(epoch: string, position: number): Promise<StreamStart> {
    // The tail may not have noticed yet that the log was replaced.
    if (epoch !== this.tail.head?.epoch && epoch !== (await this.tail.verify()).epoch) {
      return { status: 'reset', reason: 'epoch_changed' };
    }
    return this.after(position);
  }

  private async after(position: number): Promise<StreamStart> {
    const { epoch, position: reached } = this.tail.head ?? (await this.log.head());
    const replayed: StreamStart = { status: 'replayed', from: { epoch, position } };
    if (position === reached) return replayed;
    // Another replica may be ahead of this one; the log itself knows.
    if (position > reached) return position > (await this.log.head()).position ? { status: 'reset', reason: 'unknown_id' } : replayed;
    if (reached - position > this.config.replayMaxEvents) return { status: 'reset', reason: 'too_old' };
    const tooOld = await this.queries.isOlderThan(position + 1, this.config.replayWindowMs);
    return tooOld ? { status: 'reset', reason: 'too_old' } : replayed;
  }
}
