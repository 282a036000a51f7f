import type { AcceptedVersions } from '#zakops/kernel';
import { firstCharacters, uuidV7 } from '#zakops/kernel';
import { NoteNotYoursError, NotePreconditionError } from './deal-part.errors.js';
import type { Deal } from './deal.js';

/** The category of a note that names none. */
export const DEFAULT_NOTE_CATEGORY = 'general';

const EXCERPT_LENGTH = 280;

/** What a person can change of a note. */
export interface NoteText {
  readonly content: string;
  readonly category: string;
}

/** A note as it was stored. */
export interface NoteState extends NoteText {
  readonly id: string;
  readonly author: string;
  /** The operator who wrote it; null for a note of the system. */
  readonly authorId: string | null;
  /** 1, 2, 3 ...; for `ETag` and `If-Match`. */
  readonly version: number;
}

/** Who writes, changes or removes a note. */
export interface NoteEditor {
  readonly id: string;
  readonly email: string;
  /** True for an administrator. */
  readonly mayEditAll: boolean;
}

/** Something that a person wrote about a deal. Each verb records one event of the deal. */
export class DealNote {
  #state: NoteState;

  private constructor(
    private readonly deal: Deal,
    state: NoteState,
  ) {
    this.#state = state;
  }

  /** Writes a note about a deal. */
  static write(deal: Deal, text: NoteText, author: Pick<NoteEditor, 'id' | 'email'>): DealNote {
    const note = new DealNote(deal, { id: uuidV7(), ...text, author: author.email, authorId: author.id, version: 1 });
    deal.tell('deal.note_added', note.told());
    return note;
  }

  /** Brings a stored note back; nothing is recorded. */
  static restore(deal: Deal, state: NoteState): DealNote {
    return new DealNote(deal, state);
  }

  get state(): NoteState {
    return this.#state;
  }

  /**
   * Makes sure that the caller may change the note and has read it as it is.
   *
   * @param versions - the versions that the caller accepts; undefined accepts all
   * @throws NoteNotYoursError when the editor is neither its author nor an administrator
   * @throws NotePreconditionError when the note has another version
   */
  requireEditable(editor: NoteEditor, versions: AcceptedVersions | undefined): void {
    const { id, authorId, version } = this.#state;
    if (!editor.mayEditAll && editor.id !== authorId) throw new NoteNotYoursError(this.deal.dealId, id);
    if (versions !== undefined && !versions.has(version)) throw new NotePreconditionError(this.deal.dealId, id, version);
  }

  /** @returns false when nothing differs, and then nothing is recorded */
  edit(changes: Partial<NoteText>): boolean {
    const before = this.#state;
    const { content = before.content, category = before.category } = changes;
    if (content === before.content && category === before.category) return false;
    const previous = summary(before);
    this.#state = { ...before, content, category, version: before.version + 1 };
    this.deal.tell('deal.note_changed', { ...this.told(), previous });
    return true;
  }

  remove(): void {
    this.deal.tell('deal.note_removed', this.told());
  }

  private told(): { note_id: string; author: string; category: string; excerpt: string; size_bytes: number } {
    return { note_id: this.#state.id, author: this.#state.author, ...summary(this.#state) };
  }
}

/** The beginning of a text, never half of a character. */
export function excerptOf(content: string): string {
  return firstCharacters(content, EXCERPT_LENGTH) === content ? content : `${firstCharacters(content, EXCERPT_LENGTH - 1)}…`;
}

function summary({ content, category }: NoteText): { category: string; excerpt: string; size_bytes: number } {
  return { category, excerpt: excerptOf(content), size_bytes: Buffer.byteLength(content) };
}
