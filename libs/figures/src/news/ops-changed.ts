import { prepared } from '#zakops/database';
import type { Transaction } from '#zakops/database';

/** The channel on which API processes hear what operators see has changed; the payload is the topic. */
export const OPS_CHANNEL = 'zakops_ops';

/** The most bytes of a topic: a word, or a word and an id. */
export const MOST_TOPIC_BYTES = 64;

/** What may have changed: a word for a list, or `tasks/<id>` for one thing. */
export type OpsTopic = 'dlq' | 'tickets' | 'tasks' | 'pauses' | 'consumers' | 'processes' | `tasks/${string}`;

const NOTIFY = prepared(`SELECT pg_notify('${OPS_CHANNEL}', $1)`);

/**
 * Announces to everybody who watches operations that something changed, right behind the commit of `tx`.
 *
 * @remarks A hint: a lost one costs two seconds, after which the next snapshot shows the change. It carries words, never data.
 * @throws RangeError for a topic of more than 64 bytes
 */
export function opsChanged(tx: Transaction, topic: OpsTopic): void {
  if (Buffer.byteLength(topic) > MOST_TOPIC_BYTES) throw new RangeError(`The topic ${topic} has more than 64 bytes.`);
  tx.hintAfterCommit(NOTIFY, [topic]);
}
