import { aDeal, errorOf } from '../../test/deal.builder.js';
import { DealNote, excerptOf } from './deal-note.js';
import { NoteNotYoursError, NotePreconditionError } from './deal-part.errors.js';

const ANN = { id: '0199c4a2-7d1e-7c3b-9f50-3a1f6f1c2b4d', email: 'ann@example.com', mayEditAll: false };
const BEN = { ...ANN, id: '0199c4a2-7d1e-7c3b-9f50-3a1f6f1c2b4e', email: 'ben@example.com' };

describe(DealNote.name, () => {
  it('may be changed by its author and by an administrator, and by nobody else', () => {
    const note = DealNote.write(aDeal(), { content: 'x', category: 'general' }, ANN);

    expect(
      errorOf(() => {
        note.requireEditable(BEN, undefined);
      }),
    ).toBeInstanceOf(NoteNotYoursError);
    note.requireEditable(ANN, undefined);
    note.requireEditable({ ...BEN, mayEditAll: true }, undefined);
    expect(
      errorOf(() => {
        note.requireEditable(ANN, new Set([2]));
      }),
    ).toBeInstanceOf(NotePreconditionError);
  });

  it('records its beginning before and after a change, in the order of the deal, and nothing for the same text', () => {
    const deal = aDeal({ version: 3 });
    const note = DealNote.write(deal, { content: 'ä'.repeat(300), category: 'general' }, ANN);

    expect(note.edit({ content: 'ä'.repeat(300) })).toBe(false);
    expect(note.edit({ content: 'short' })).toBe(true);

    const [added, changed, ...more] = deal.pullEvents();
    const long = { excerpt: `${'ä'.repeat(279)}…`, size_bytes: 600, category: 'general' };
    expect(added).toMatchObject({ type: 'deal.note_added', aggregateSeq: 4, data: long });
    expect(changed).toMatchObject({
      type: 'deal.note_changed',
      aggregateSeq: 5,
      data: { excerpt: 'short', size_bytes: 5, previous: long },
    });
    expect([more, note.state.version]).toEqual([[], 2]);
  });

  it.each([
    ['a', 280, 280],
    ['a', 281, 280],
    ['😀', 280, 280],
    ['😀', 281, 280],
    ['😀', 70_000, 280],
  ])('cuts no character in two: %s × %i', (character, length, kept) => {
    const excerpt = excerptOf(character.repeat(length));

    expect([Array.from(excerpt).length, /\p{Surrogate}/u.test(excerpt), excerpt.endsWith('…')]).toEqual([kept, false, length > 280]);
  });
});
