import { spawnApp, waitFor } from '#zakops/testing';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type Line = Record<string, string | number | null>;

const COLUMNS = [
  ...['id', 'occurred_at', 'actor_type', 'actor_id', 'action', 'resource_type', 'resource_id', 'before', 'after', 'details', 'address'],
  ...['user_agent', 'method', 'path', 'trace_id'],
];

/** An export of `count` links, made as docs/audit.md says, without the code that is tested. */
function makeExport(count: number): { lines: Line[]; end: Record<string, unknown> } {
  const lines: Line[] = [];
  for (let position = 1; position <= count; position += 1) {
    const columns: Line = {
      id: `01a20766-1903-7000-b53a-${String(position).padStart(12, '0')}`,
      occurred_at: '2026-11-23T10:00:00.123456Z',
      actor_type: 'user',
      actor_id: 'ann@example.com',
      action: 'deal.updated',
      resource_type: 'deal',
      resource_id: 'DEAL-000001 – „é“ \u2028',
      before: '{"n": 1}',
      after: '{"n": 2.50}',
      details: '{}',
      address: '127.0.0.1',
      user_agent: null,
      method: 'PATCH',
      path: '/api/deals/DEAL-000001',
      trace_id: null,
    };
    const prev_hash = String(lines.at(-1)?.['hash'] ?? '0'.repeat(64));
    const chained_at = '2026-11-23T10:00:01.000000Z';
    const canonical = ['zakops-audit-1', position, prev_hash, chained_at, ...COLUMNS.map((name) => columns[name])];
    const hash = createHash('sha256').update(JSON.stringify(canonical)).digest('hex');
    lines.push({ position, prev_hash, hash, chained_at, ...columns });
  }
  return { lines, end: { form: 'zakops-audit-1', count, head: { position: count, hash: lines.at(-1)?.['hash'] ?? '0'.repeat(64) } } };
}

describe('zakops audit verify', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'zakops-audit-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  const write = async (name: string, lines: readonly unknown[]): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''));
    return path;
  };

  async function run(...args: readonly string[]): Promise<{ code: number | null; output: readonly string[] }> {
    // No DATABASE_URL: it works on the file alone.
    const app = spawnApp('cli', {}, ['audit', 'verify', ...args]);
    if (app.process.exitCode === null) await once(app.process, 'exit');
    await waitFor('its words', () => app.lines.length > 0);
    return { code: app.process.exitCode, output: app.lines };
  }

  it('finds nothing wrong with a whole file, and says what its anchors vouch for', async () => {
    const { lines, end } = makeExport(5);
    const file = await write('export.ndjson', [...lines, end]);
    const anchors = await write('anchors.jsonl', [
      { position: 2, hash: lines[1]?.['hash'], at: '2026-11-23T10:00:02.000Z' },
      'a line of a log that is no anchor, with "position" and "hash" in it',
      { level: 'info', message: 'Audit chain anchored', position: 4, hash: lines[3]?.['hash'] },
    ]);
    expect(await run('--file', file, '--anchors', anchors)).toEqual({
      code: 0,
      output: [
        '1 to 4: anchored',
        '5 to 5: unanchored',
        `5 links checked up to position 5, hash ${String(lines[4]?.['hash'])}: no problem`,
      ],
    });
  });

  it('says that without anchors a rewritten chain would look the same', async () => {
    const { lines, end } = makeExport(1);
    const { code, output } = await run('--file', await write('export.ndjson', [...lines, end]));
    expect(code).toBe(0);
    expect(output).toContain('without anchors nobody can tell whether the chain was rewritten as a whole');
  });

  it('checks a part that begins in the middle', async () => {
    const { lines, end } = makeExport(5);
    const { code, output } = await run('--file', await write('export.ndjson', [...lines.slice(2), { ...end, count: 3 }]));
    expect([code, output[0]]).toEqual([0, '3 to 5: unanchored']);
  });

  it.each<[string, (made: ReturnType<typeof makeExport>) => readonly unknown[], string]>([
    [
      'a changed line',
      ({ lines, end }) => [{ ...lines[0], after: '{"n": 2.5}' }, ...lines.slice(1), end],
      'changed at 1 (01a20766-1903-7000-b53a-000000000001)',
    ],
    ['a line that is gone', ({ lines, end }) => [lines[0], lines[2], { ...end, count: 2 }], 'missing at 2: Link 2 is gone.'],
    ['the end that is gone', ({ lines }) => lines, 'missing: The last line is missing: the file was cut off.'],
    ['a line too few', ({ lines, end }) => [...lines.slice(0, 2), end], 'missing: The last line promises 3 lines, but there are 2.'],
    [
      'another head',
      ({ lines, end }) => [...lines, { ...end, head: { position: 3, hash: 'f'.repeat(64) } }],
      'missing at 3: The last line names another hash',
    ],
    [
      'two lines that changed places',
      ({ lines, end }) => [lines[0], { ...lines[2], position: 2 }, { ...lines[1], position: 3 }, end],
      'changed at 2',
    ],
    [
      'an entry that was gone',
      ({ lines, end }) => [{ ...lines[0], occurred_at: null }, ...lines.slice(1), end],
      'missing at 1 (01a20766-1903-7000-b53a-000000000001): The entry is gone.',
    ],
  ])('finds %s, and exits with 1', async (_what, change, sentence) => {
    const { code, output } = await run('--file', await write('export.ndjson', change(makeExport(3))));
    expect(output.join('\n')).toContain(sentence);
    expect(code).toBe(1);
  });

  it('finds a chain that was rewritten as a whole by an anchor', async () => {
    const { lines, end } = makeExport(3);
    const anchors = await write('anchors.jsonl', [{ position: 2, hash: 'e'.repeat(64) }]);
    const { code, output } = await run('--file', await write('export.ndjson', [...lines, end]), '--anchors', anchors);
    expect([code, ...output.slice(0, 3)]).toEqual([
      1,
      'contradicted at 2: An anchor names another hash for this position.',
      '1 to 2: contradicted',
      '3 to 3: unanchored',
    ]);
  });

  it('names the first line that is none, and a file that is not there', async () => {
    const { lines } = makeExport(2);
    expect(await run('--file', await write('bad.ndjson', [lines[0], '{"position":2}']))).toEqual({
      code: 1,
      output: ['Line 2 is not a line of an audit export.'],
    });
    const missing = await run('--file', join(folder, 'nothing'));
    expect([missing.code, missing.output.length, missing.output[0]]).toEqual([1, 1, expect.stringContaining('ENOENT')]);
    const noAnchors = await run('--file', await write('good.ndjson', lines), '--anchors', await write('none.jsonl', ['x']));
    expect([noAnchors.code, noAnchors.output]).toEqual([1, ['audit failed: The file of anchors holds no anchor.']]);
  });
});
