import { DealsApi } from '../../../libs/deals/test/deals-api.js';
import type { DealsAnswer } from '../../../libs/deals/test/deals-api.js';

/** A call that changes something, and the same with another body. */
interface KeyedCall {
  readonly path: string;
  readonly body: unknown;
  readonly other: unknown;
  readonly type?: string;
}

type Prepare = () => KeyedCall | Promise<KeyedCall>;

describe('a repeated call with an Idempotency-Key', () => {
  let api: DealsApi;
  let numbers = 0;

  beforeAll(async () => {
    api = await DealsApi.start();
  });

  afterAll(() => api.stop());

  const idOf = ({ body }: DealsAnswer): string => (body as { id: string }).id;
  const mail = async (): Promise<string> => idOf(await api.post('/quarantine', { message_id: `<${String((numbers += 1))}>` }));
  const decision = (verb: string, body: unknown, other: unknown): readonly [string, Prepare] => [
    verb,
    async () => ({ path: `/quarantine/${await mail()}/${verb}`, body, other }),
  ];
  const csv = (name: string): string => `canonical_name\n${name}\n`;

  const send = ({ path, body, type = 'application/json' }: KeyedCall, key: string): Promise<DealsAnswer> =>
    api.call('POST', path, body, { 'content-type': type, 'idempotency-key': key });

  /** The rows of everything that a call may add to. */
  const rows = async (): Promise<unknown> => {
    const tables = ['deals', 'quarantine_items', 'quarantine_notes', 'deal_imports', 'deal_import_rows', 'events', 'audit_log'];
    const counts = tables.map((table) => `(SELECT count(*)::int FROM zakops.${table}) AS ${table}`);
    return (await api.database.query(`SELECT ${counts.join(', ')}`))[0];
  };

  it.each<readonly [string, Prepare]>([
    ['receive', () => ({ path: '/quarantine', body: { message_id: '<new>' }, other: { message_id: '<newer>' } })],
    decision('approve', {}, { notes: 'x' }),
    decision('reject', { reason: 'a newsletter' }, { reason: 'x' }),
    decision('discard', {}, { reason: 'x' }),
    decision('process', { action: 'approve' }, { action: 'reject' }),
    decision('resolve', { resolution: 'create_new_deal' }, { resolution: 'discard' }),
    decision('notes', { content: 'called' }, { content: 'wrote' }),
    [
      'decide on many',
      async () => ({
        path: '/quarantine/bulk',
        body: { ids: [await mail()], action: 'approve' },
        other: { ids: [await mail()], action: 'reject' },
      }),
    ],
    [
      'merge',
      async () => {
        const [from, into, other] = [await api.open(), await api.open(), await api.open()];
        return { path: `/deals/${from}/merge`, body: { into }, other: { into: other } };
      },
    ],
    ['import CSV', () => ({ path: '/deals/import', body: csv('one'), other: csv('other'), type: 'text/csv' })],
    [
      'import NDJSON',
      () => ({ path: '/deals/import', body: '{"canonical_name":"a"}\n', other: '{"canonical_name":"b"}\n', type: 'application/x-ndjson' }),
    ],
  ])('has one effect and one answer: %s', async (_what, prepare) => {
    const call = await prepare();
    const key = `key-${String((numbers += 1))}`;
    const atOnce = await Promise.all([1, 2, 3, 4].map(() => send(call, key)));
    const made = atOnce.filter(({ status }) => status < 300);
    const first = made.filter(({ headers }) => headers.get('idempotency-replayed') === null);
    expect(first).toHaveLength(1);
    // Each other call repeats that answer, or says that the first call still runs.
    for (const { status, body } of atOnce.filter((answer) => !made.includes(answer)))
      expect([status, body]).toEqual([409, expect.objectContaining({ code: 'IDEMPOTENCY_KEY_IN_USE' })]);
    const after = await rows();

    const again = await send(call, key);
    expect([again.status, again.text, again.headers.get('idempotency-replayed')]).toEqual([first[0]?.status, first[0]?.text, 'true']);
    const other = await send({ ...call, body: call.other }, key);
    expect([other.status, other.body]).toEqual([422, expect.objectContaining({ code: 'IDEMPOTENCY_KEY_REUSED' })]);
    expect(await rows()).toEqual(after);
  });
});
