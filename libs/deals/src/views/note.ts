/** A note as answers show it. */
export interface RecordedNote {
  readonly id: string;
  readonly dealId: string;
  readonly content: string;
  readonly category: string;
  readonly author: string;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** The sort key of a note. */
export interface NoteKey {
  /** UTC with microseconds. */
  readonly at: string;
  readonly id: string;
}
