import { toCloudEvent } from '#zakops/contracts';
import type { PublishedEvent } from '#zakops/outbox';
import { formatStreamId } from './stream-id.js';
import type { StreamId } from './stream-id.js';

/** How long a client waits before it reconnects, unless a `bye` names another delay. */
export const RECONNECT_MS = 3_000;

/**
 * The first bytes of every stream, a part of its first block.
 *
 * @remarks Not a block of its own: some clients hand every block to their user, and what they parse must be there.
 */
export const RETRY_LINE = `retry: ${String(RECONNECT_MS)}\n`;

/**
 * Keeps proxies from closing an idle stream. A comment, so that no client sees it and no id is moved.
 *
 * @remarks Without a blank line after it, which would end a block without data: the next block goes on behind it.
 */
export const HEARTBEAT_LINE: Buffer = Buffer.from(': heartbeat\n');

/** Names of frames that are not events of the catalogue. */
export type ControlName = 'live' | 'replayed' | 'reset' | 'bye' | 'mark';

/** One event as every stream gets it. JSON has no raw line break, so one `data:` line holds it. */
export function encodeEvent(epoch: string, event: PublishedEvent): Buffer {
  const id = formatStreamId({ epoch, position: event.position });
  return Buffer.from(`id: ${id}\nevent: ${event.type}\ndata: ${JSON.stringify(toCloudEvent(event))}\n\n`);
}

/** Frames of more bytes than this are written as they are: every filter that they match shares their memory. */
const JOIN_MAX_BYTES = 256 * 1_024;

/** Frames for one write: joined when they are few bytes, which is quicker, and not copied when they are many. */
export function joinFrames(frames: readonly Buffer[]): readonly Buffer[] {
  if (frames.length < 2) return frames;
  const bytes = frames.reduce((sum, frame) => sum + frame.length, 0);
  return bytes <= JOIN_MAX_BYTES ? [Buffer.concat(frames, bytes)] : frames;
}

/** A frame about the stream itself. */
export function encodeControl(name: ControlName, data: Readonly<Record<string, unknown>>, id?: StreamId): string {
  return `${id === undefined ? '' : `id: ${formatStreamId(id)}\n`}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

/**
 * Moves the id that a client will resume from, and nothing else.
 *
 * @remarks For streams whose filter lets little through: without it their last id would fall out of what can be replayed although
 * they missed nothing. It has a name and data like every block: the standard drops one without data, but some clients hand it on, and
 * their user's `JSON.parse` fails.
 */
export function encodeMark(id: StreamId): Buffer {
  return Buffer.from(encodeControl('mark', { position: id.position }, id));
}

/**
 * The last frame before an orderly end: it asks the client to reconnect after `reconnectMs`.
 *
 * @param reason - none when the process stops
 */
export function encodeBye(reconnectMs: number, reason?: 'unauthorized' | 'ended'): string {
  const why = reason === undefined ? {} : { reason };
  return `retry: ${String(reconnectMs)}\n${encodeControl('bye', { ...why, reconnect_after_ms: reconnectMs })}`;
}
