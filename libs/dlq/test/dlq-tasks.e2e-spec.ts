import { CommandBus } from '@nestjs/cqrs';
import { StartTask } from '../src/index.js';
import { TasksTestbed } from './tasks-testbed.js';
import type { TaskBody } from './tasks-testbed.js';
import { writeAttempts, writeTicket } from '../../../apps/api/test/tickets.builder.js';

const REDRIVE = '/api/admin/dlq/redrive';
const DISCARD = '/api/admin/dlq/discard';
const ALL = { filter: { consumer: 'fickle' } };
// No worker runs this consumer: what is due for it waits.
const ABSENT = { filter: { consumer: 'absent' } };

describe('tasks on dead letters', () => {
  let bed: TasksTestbed;

  beforeAll(async () => {
    bed = await TasksTestbed.start();
  });

  beforeEach(() => bed.clear());

  afterAll(() => bed.stop());

  const start = async (path: string, body: object): Promise<TaskBody> => {
    const answer = await bed.api.post<TaskBody>(path, body);
    expect([answer.status, answer.body]).toMatchObject([202, { state: 'running' }]);
    expect(answer.headers.get('location')).toBe(`/api/admin/dlq/tasks/${answer.body.id}`);
    return answer.body;
  };

  it('redrive what a dry run has counted, in the order of each deal, and follow it to its end', async () => {
    const deals = await bed.die(5, 2);
    const preview = await bed.api.post(REDRIVE, { ...ALL, dry_run: true });
    expect([preview.status, preview.body]).toMatchObject([200, { count: 5, consumers: { fickle: 5 }, ages: { last_hour: 5, older: 0 } }]);
    expect(await bed.dead()).toBe(5);
    bed.fickle.takes = true;
    const { id } = await start(REDRIVE, { ...ALL, token: preview.body['token'], reason: 'mended' });
    const task = await bed.until(id, ({ outcomes }) => outcomes['delivered'] === 5);
    expect(task).toMatchObject({ state: 'finished', total: 5, done: 5, filter: { consumer: 'fickle' }, reason: 'mended' });
    for (const deal of deals) {
      const order = bed.fickle.taken.filter(({ aggregateId }) => aggregateId === deal).map(({ aggregateSeq }) => aggregateSeq);
      expect(order.slice(0, 1)).toEqual([1]);
      expect(order).toEqual([...order].sort((a, b) => a - b));
    }
    const audited = await bed.database.query<{ action: string }>(`SELECT action FROM zakops.audit_log WHERE resource_id = $1 ORDER BY id`, [
      id,
    ]);
    expect(audited.map(({ action }) => action)).toEqual(['dead_letter_task.started', 'dead_letter_task.finished']);
    const page = await bed.api.get<{ tasks: TaskBody[] }>('/api/admin/dlq/tasks?limit=1');
    expect(page.body.tasks).toEqual([await bed.task(id)]);
  });

  it('refuse a token when more fit than was stated, and one of another filter', async () => {
    await writeTicket(bed.database, { consumer: 'absent' });
    const { body } = await bed.api.post(REDRIVE, { ...ABSENT, dry_run: true });
    const token = body['token'];
    await writeTicket(bed.database, { consumer: 'absent' });
    const grew = await bed.api.post(REDRIVE, { ...ABSENT, token });
    expect([grew.status, grew.body]).toMatchObject([409, { code: 'DEAD_LETTERS_GREW', previewed: 1, count: 2, max_growth: 0 }]);
    const other = await bed.api.post(REDRIVE, { filter: {}, token });
    expect([other.status, other.body]).toMatchObject([400, { errors: [{ pointer: '/token', code: 'INVALID_TOKEN' }] }]);
    const discard = await bed.api.post(DISCARD, { ...ABSENT, token });
    expect([discard.status, discard.body]).toMatchObject([400, { errors: [{ pointer: '/token' }] }]);
    expect((await bed.api.post(REDRIVE, {})).body).toMatchObject({ errors: [{ pointer: '/filter', code: 'REQUIRED' }] });
    await start(REDRIVE, { ...ABSENT, token, max_growth: 1 });
  });

  it('run once for a filter, at their rate, until they are cancelled', async () => {
    for (let n = 0; n < 5; n += 1) await writeTicket(bed.database, { consumer: 'absent' });
    const { id } = await start(REDRIVE, { ...ABSENT, rate: 1 });
    const again = await bed.api.post(REDRIVE, ABSENT);
    expect([again.status, again.body]).toMatchObject([409, { code: 'TASK_RUNNING', task_id: id }]);
    const faster = await bed.api.post(`/api/admin/dlq/tasks/${id}/rate`, { rate: 2 });
    expect([faster.status, faster.body]).toMatchObject([200, { rate: 2, state: 'running' }]);
    const cancelled = await bed.api.post<TaskBody>(`/api/admin/dlq/tasks/${id}/cancel`, { reason: 'not yet' });
    expect([cancelled.status, cancelled.body]).toMatchObject([200, { state: 'cancelled', state_reason: 'not yet' }]);
    const { done } = cancelled.body;
    expect(done).toBeLessThan(5);
    expect(await bed.dead('absent')).toBe(5 - done);
    const ended = await bed.api.post(`/api/admin/dlq/tasks/${id}/rate`, { rate: 5 });
    expect([ended.status, ended.body]).toMatchObject([409, { code: 'CONFLICT', state: 'cancelled' }]);
    const { id: canary } = await start(REDRIVE, { ...ABSENT, limit: 1 });
    expect(await bed.until(canary, ({ state }) => state === 'finished')).toMatchObject({ done: 1 });
    expect(await bed.dead('absent')).toBe(5 - done - 1);
  });

  it('change the dead letters of some ids only', async () => {
    const [one, two] = [await writeTicket(bed.database, { consumer: 'absent' }), await writeTicket(bed.database, { consumer: 'absent' })];
    await writeTicket(bed.database, { consumer: 'absent' });
    const { id } = await start(REDRIVE, { ids: [two.entryId, one.entryId] });
    expect(await bed.until(id, ({ state }) => state === 'finished')).toMatchObject({ total: 2, done: 2 });
    expect(await bed.dead('absent')).toBe(1);
  });

  it('stop when the first outcomes fail as before, and leave the rest', async () => {
    await bed.die(70);
    const { id } = await start(REDRIVE, { ...ALL, rate: 25 });
    const task = await bed.until(id, ({ state }) => state !== 'running');
    expect(task).toMatchObject({ state: 'stopped', state_reason: expect.stringMatching(/^\d+ of the first 20 outcomes failed as before/) });
    expect(task.done).toBeLessThan(70);
    await bed.until(id, ({ outcomes }) => outcomes['dead_again'] === task.done);
    expect(await bed.dead()).toBe(70);
  });

  it('take back what was not tried, exactly as it was', async () => {
    for (let n = 0; n < 5; n += 1) await writeTicket(bed.database, { consumer: 'absent', aggregateId: `DEAL-${String(n % 2)}` });
    const before = await bed.rows('absent');
    const { id } = await start(REDRIVE, { ...ABSENT, rate: 0 });
    await bed.until(id, ({ state }) => state === 'finished');
    expect(await bed.dead('absent')).toBe(0);
    // One was tried meanwhile.
    const [tried] = await bed.database.query<{ event_id: string }>(
      `UPDATE zakops.outbox_tickets SET status = 'failed', attempts = 1 WHERE consumer = 'absent' AND due_at IS NOT NULL AND stream =
         zakops.stream_of('deal', 'DEAL-0') RETURNING event_id`,
    );
    expect((await bed.api.post(`/api/admin/dlq/tasks/${id}/undo`)).body).toMatchObject({ state: 'undoing' });
    expect(await bed.until(id, ({ state }) => state === 'undone')).toMatchObject({ undone: 4 });
    const isOther = ({ row }: { row: { event_id: string } }): boolean => row.event_id !== tried?.event_id;
    const others = (rows: readonly unknown[]): unknown[] => (rows as { row: { event_id: string } }[]).filter(isOther);
    expect(others(await bed.rows('absent'))).toEqual(others(before));
    const twice = await bed.api.post(`/api/admin/dlq/tasks/${id}/undo`);
    expect([twice.status, twice.body]).toMatchObject([409, { code: 'UNDO_TOO_LATE', state: 'undone' }]);
  });

  it('take nothing back ten minutes after their end', async () => {
    const { id } = await start(DISCARD, ABSENT);
    await bed.until(id, ({ state }) => state === 'finished');
    await bed.database.query(`UPDATE zakops.dlq_tasks SET finished_at = finished_at - interval '10 minutes' WHERE id = $1`, [id]);
    const late = await bed.api.post(`/api/admin/dlq/tasks/${id}/undo`);
    expect([late.status, late.body]).toMatchObject([409, { code: 'UNDO_TOO_LATE', state: 'finished' }]);
  });

  it('discard into the archive, from which a task comes back whole, with its attempts', async () => {
    for (let n = 0; n < 3; n += 1) await writeAttempts(bed.database, await writeTicket(bed.database, { consumer: 'absent' }), 5);
    const before = await bed.rows('absent');
    expect(before).toHaveLength(18);
    const { id } = await start(DISCARD, { ...ABSENT, reason: 'space' });
    await bed.until(id, ({ state }) => state === 'finished');
    expect(await bed.rows('absent')).toEqual([]);
    const archive = await bed.api.get<{ entries: Record<string, unknown>[] }>(`/api/admin/dlq/archive?task_id=${id}`);
    expect(archive.body.entries).toHaveLength(3);
    expect(archive.body.entries[0]).toMatchObject({ consumer: 'absent', reason: 'space', task_id: id, reason_code: 'handler_error' });
    const restoring = await bed.api.post('/api/admin/dlq/archive/restore', { task_id: id });
    expect([restoring.status, restoring.body]).toMatchObject([200, { status: 'restoring', task: { id } }]);
    await bed.until(id, ({ undone }) => undone === 3);
    expect(await bed.rows('absent')).toEqual(before);
    expect((await bed.api.get<{ entries: unknown[] }>('/api/admin/dlq/archive')).body.entries).toEqual([]);
  });

  it('are written for retry-all and purge-old too, whose answers stay as they were', async () => {
    await bed.die(2);
    bed.fickle.takes = true;
    const { body } = await bed.api.post('/api/admin/dlq/retry-all?consumer=fickle', { reason: 'mended' });
    const { task_id: id, ...others } = body;
    expect(others).toEqual({ status: 'all_queued_for_retry', correlation_id: null, count: 2, remaining: 0 });
    const task = await bed.until(String(id), ({ outcomes }) => outcomes['delivered'] === 2);
    expect(task).toMatchObject({ kind: 'redrive', state: 'finished', total: 2, done: 2, rate: 0, reason: 'mended' });
    const { body: purged } = await bed.api.post('/api/admin/dlq/purge-old', { days: 30 });
    expect(purged).toEqual({ status: 'purged', older_than_days: 30, count: 0, remaining: 0, task_id: expect.any(String) });
  });

  it('discard more than 100 only for those who may', async () => {
    for (let n = 0; n < 101; n += 1) await writeTicket(bed.database, { consumer: 'absent' });
    const discard = (limit: number | null): Promise<unknown> =>
      bed.api.app
        .get(CommandBus)
        .execute(
          new StartTask('discard', { consumer: 'absent' }, { limit, rate: 0, reason: undefined, previewed: undefined, mayPurge: false }),
        );
    await expect(discard(null)).rejects.toMatchObject({ code: 'FORBIDDEN', context: { required_permission: 'admin:purge' } });
    await expect(discard(100)).resolves.toMatchObject({ state: 'running' });
  });
});
