import { createTestDatabase, spawnApi, spawnWorker, waitFor } from '#zakops/testing';
import type { SpawnedApi, SpawnedApp, TestDatabase } from '#zakops/testing';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeDeadLetters } from './dead-letters.builder.js';
import { runCli, runCliJson } from './run-cli.js';
import type { CliEnd } from './run-cli.js';

interface Task extends Record<string, unknown> {
  readonly id: string;
  readonly state: string;
}

describe('zakops dlq redrive, tasks, archive and resubmit', () => {
  let database: TestDatabase;
  let api: SpawnedApi;
  let worker: SpawnedApp;

  beforeAll(async () => {
    database = await createTestDatabase();
    [api, worker] = await Promise.all([spawnApi(database.url), spawnWorker(database.url)]);
  });

  beforeEach(() => database.query('DELETE FROM zakops.outbox_tickets'));

  afterAll(async () => {
    await Promise.all([api.stop(), worker.stop()]);
    await database.drop();
  });

  const run = (...args: readonly string[]): Promise<CliEnd> => runCli(database.url, ['dlq', ...args]);
  const read = <T>(...args: readonly string[]): Promise<T & { code: number | null }> => runCliJson<T>(database.url, ['dlq', ...args]);
  const rest = async (path: string): Promise<unknown> => (await fetch(`${api.url}/api/admin/dlq${path}`)).json();
  const ended = (id: string, state: string): Promise<unknown> =>
    waitFor(state, async () => ((await rest(`/tasks/${id}`)) as Task).state === state);

  it('preview, start, follow and undo a task, and answer what the API answers', async () => {
    await writeDeadLetters(database, { count: 3 });
    const { count, token } = await read<{ count: number; token: string }>('redrive', '--consumer', 'mailer', '--dry-run');
    expect(count).toBe(3);
    await writeDeadLetters(database, { count: 2 });
    const grew = await run('redrive', '--consumer', 'mailer', '--token', token, '--yes');
    expect([grew.code, grew.error]).toEqual([
      1,
      expect.stringContaining('5 dead letters fit now, 3 did in the preview; 0 more are allowed.'),
    ]);
    const started = await read<Task>('redrive', '--consumer', 'mailer', '--token', token, '--max-growth', '2', '--rate', '0', '--yes');
    expect(started).toMatchObject({ code: 0, kind: 'redrive', state: 'running', total: 5, created_by: 'system:cli' });
    await ended(started.id, 'finished');
    expect(await read('task', started.id)).toEqual({ code: 0, ...((await rest(`/tasks/${started.id}`)) as object) });
    expect(await read('tasks', '--limit', '1')).toEqual({ code: 0, ...((await rest('/tasks?limit=1')) as object) });
    expect(await read('undo', started.id, '--reason', 'not yet')).toMatchObject({ code: 0, state: 'undoing' });
    await ended(started.id, 'undone');
    expect(await rest('?limit=1')).toMatchObject({ total: 5 });
    expect(await run('redrive')).toMatchObject({ code: 1, error: 'Which ones? Give --id, a filter such as --consumer, or --all.\n' });
  });

  it('cancel a task, and have it go faster', async () => {
    await writeDeadLetters(database, { count: 30 });
    const { id } = await read<Task>('redrive', '--consumer', 'mailer', '--rate', '1', '--yes');
    expect(await read('rate', id, '2')).toMatchObject({ code: 0, rate: 2, state: 'running' });
    expect(await read('cancel', id, '--reason', 'stop')).toMatchObject({ code: 0, state: 'cancelled', state_reason: 'stop' });
    expect(await run('rate', id, '3')).toMatchObject({ code: 1, error: `Task ${id} is cancelled.\n` });
  });

  it('discard into the archive, and restore by id and by task', async () => {
    const [first = ''] = await writeDeadLetters(database, { count: 3 });
    const { id } = await read<Task>('discard', '--consumer', 'mailer', '--reason', 'space', '--yes');
    await ended(id, 'finished');
    expect(await read('archive', '--task', id)).toEqual({ code: 0, ...((await rest(`/archive?task_id=${id}`)) as object) });
    expect(await read('restore', '--id', first)).toEqual({ code: 0, status: 'restored', restored: [first], left: [], task: null });
    expect(await read('restore', '--id', first)).toMatchObject({ code: 1, restored: [], left: [first] });
    expect(await read('restore', '--task', id)).toMatchObject({ code: 0, status: 'restoring', task: { id } });
    await ended(id, 'undone');
    expect(await rest('?limit=1')).toMatchObject({ total: 3 });
  });

  it('resubmit a corrected payload from a file', async () => {
    const [id = ''] = await writeDeadLetters(database);
    const folder = await mkdtemp(join(tmpdir(), 'zakops-resubmit-'));
    const file = join(folder, 'payload.json');
    try {
      await writeFile(file, '{"deal_id": "DEAL-000001"}');
      const refused = await run('resubmit', id, '--data', file, '--reason', 'corrected');
      expect([refused.code, refused.error]).toEqual([1, expect.stringContaining('The payload does not fit the schema of deal.updated.')]);
      await writeFile(file, '{"deal_id": "DEAL-000001", "changes": [{"field": "display_name", "old_value": null, "new_value": "Acme"}]}');
      const answer = await read<{ event_id: string }>('resubmit', id, '--data', file, '--reason', 'corrected');
      expect(answer).toMatchObject({ code: 0, status: 'resubmitted', entry_id: id, consumer: 'mailer' });
      expect(await rest('/archive')).toMatchObject({ entries: [{ id, resubmitted_as: answer.event_id }] });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
