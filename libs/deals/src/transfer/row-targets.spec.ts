import { toTargets } from './row-targets.js';

const row = (line: number, given: object): { line: number; given: never } => ({ line, given: given as never });
const MATCHES = [
  { dealId: 'DEAL-000001', externalId: 'X' },
  { dealId: 'DEAL-000002', externalId: null },
];

describe(toTargets.name, () => {
  it.each([
    ['the id', { deal_id: 'DEAL-000002', canonical_name: 'a' }, { kind: 'existing', dealId: 'DEAL-000002' }],
    ['the external id', { external_id: 'X', canonical_name: 'a' }, { kind: 'existing', dealId: 'DEAL-000001' }],
    ['the canonical name as an external id', { canonical_name: 'X' }, { kind: 'existing', dealId: 'DEAL-000001' }],
    ['nothing', { canonical_name: 'a' }, { kind: 'new' }],
    ['an id that is not there', { deal_id: 'DEAL-000009', canonical_name: 'a' }, { kind: 'refused', code: 'DEAL_NOT_FOUND' }],
    [
      'an external id of another deal',
      { deal_id: 'DEAL-000002', external_id: 'X' },
      { kind: 'refused', code: 'CONFLICT', field: 'external_id' },
    ],
  ])('finds by %s', (_what, given, expected) => {
    expect(toTargets([row(2, given)], MATCHES)).toMatchObject([expected]);
  });

  it.each([
    ['one deal by id and by external id', { deal_id: 'DEAL-000001', canonical_name: 'a' }, { external_id: 'X', canonical_name: 'b' }],
    ['one new external id', { deal_id: 'DEAL-000002', external_id: 'N' }, { external_id: 'N', canonical_name: 'b' }],
    ['one name and one external id', { canonical_name: 'N' }, { external_id: 'N', canonical_name: 'b' }],
  ])('refuses the second row about %s', (_what, first, second) => {
    const [, found] = toTargets([row(2, first), row(3, second)], MATCHES);
    expect(found).toMatchObject({ kind: 'refused', code: 'DUPLICATE_ROW', detail: 'is about the deal of line 2' });
  });
});
