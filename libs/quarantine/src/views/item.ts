import type { Decision } from '../domain/quarantine-item.js';
import type { Mail } from '../domain/mail.js';

/** An item as lists show it: without its body. */
export interface ItemView extends Omit<Mail, 'body'>, Omit<Decision, 'dealVersion' | 'threadAdded'> {
  readonly id: string;
  readonly senderDomain: string | null;
  readonly hidden: boolean;
  readonly noteCount: number;
  readonly version: number;
  readonly createdAt: Date;
}

/** An item with its body. */
export interface ItemWithBody extends ItemView {
  readonly body: string | null;
}

/** The place of an item in the queue. */
export interface ItemPlace {
  /** 0 for HIGH, 1 for MEDIUM, 2 for the rest. */
  readonly rank: string;
  /** With microseconds. */
  readonly at: string;
  readonly id: string;
}

/** What a list of items leaves out. */
export interface ItemFilter {
  readonly status: string;
  readonly classification: string | undefined;
  readonly urgency: string | undefined;
  readonly sender: string | undefined;
  readonly hidden: boolean;
}

/** A note on an item. */
export interface NoteView {
  readonly id: string;
  readonly content: string;
  readonly author: string;
  readonly createdAt: Date;
}

/** How much waits. */
export interface QueueStats {
  readonly pending: number;
  readonly high: number;
  readonly oldestAt: Date | null;
}
