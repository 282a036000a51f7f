import { highlight } from './highlight.js';
import { parseSearch } from './search-terms.js';

describe(highlight.name, () => {
  it('marks whole words as they are written', () => {
    expect(highlight('Le CAFE\u0301-Bar', parseSearch('caf'))).toEqual([
      { text: 'Le ', match: false },
      { text: 'CAFE\u0301', match: true },
      { text: '-Bar', match: false },
    ]);
    expect(highlight('Acme', parseSearch('plumbing'))).toBeUndefined();
  });

  it('shows the surroundings of the first word of a long text, and halves no character', () => {
    const fragments = highlight(`${'🚀'.repeat(400)} needle ${'🚀'.repeat(400)}`, parseSearch('needle')) ?? [];
    const text = fragments.map((fragment) => fragment.text).join('');
    expect(text).toContain('needle');
    expect(text.length).toBeLessThan(220);
    expect(() => encodeURIComponent(text)).not.toThrow();
  });
});
