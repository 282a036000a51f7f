import { explainChange } from './annotations.js';

const texts = (before: Parameters<typeof explainChange>[0]['before'], after: Parameters<typeof explainChange>[0]['after']): string[] =>
  explainChange({ at: 100, before, after }).map(({ kind, text }) => `${kind}: ${text}`);

describe(explainChange, () => {
  it('tells a deploy with the version before', () => {
    expect(texts({ builds: { 'api 0.4.0+a': 2 } }, { builds: { 'api 0.4.0+a': 1, 'api 0.4.1+b': 1 } })).toEqual([
      'deploy: api runs 0.4.1+b',
    ]);
    expect(texts({ builds: { 'api 0.4.0+a': 2 } }, { builds: { 'api 0.4.1+b': 2 } })).toEqual(['deploy: api 0.4.0+a → 0.4.1+b']);
  });

  it('tells a start, a new leader, and components that fall ill and recover', () => {
    expect(texts({ started: { api: 50 } }, { started: { api: 90, 'outbox-worker': 95 } })).toEqual([
      'start: api started',
      'start: outbox-worker started',
    ]);
    expect(texts({ fence: 7, leader: 'a' }, { fence: 9, leader: 'b' })).toEqual(['leader: b leads, fence 7 → 9']);
    expect(texts({ down: ['outbox'] }, { down: ['sse'] })).toEqual(['health: sse is not well', 'health: outbox is well again']);
  });

  it('tells nothing of what one of the samplers could not know', () => {
    expect(texts({ fence: 7 }, { fence: 7, down: ['outbox'] })).toEqual([]);
    expect(texts({ down: ['outbox'], started: {} }, { fence: 7 })).toEqual([]);
  });
});
