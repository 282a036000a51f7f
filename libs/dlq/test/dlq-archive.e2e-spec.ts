import { waitFor } from '#zakops/testing';
import { Steady, TasksTestbed } from './tasks-testbed.js';
import type { Answer } from '../../../apps/api/test/operations-harness.js';
import { writeAttempts, writeTicket } from '../../../apps/api/test/tickets.builder.js';
import { Retention } from '../../outbox/src/retention/retention.js';

const NOWHERE = '01a20766-1903-7000-b53a-f1a67f726fc3';
const RESTORE = '/api/admin/dlq/archive/restore';

interface Archived extends Record<string, unknown> {
  readonly id: string;
}

describe('the archive of dead letters', () => {
  let bed: TasksTestbed;

  beforeAll(async () => {
    bed = await TasksTestbed.start();
  });

  beforeEach(() => bed.clear());

  afterAll(() => bed.stop());

  const archive = async (query = ''): Promise<Archived[]> =>
    (await bed.api.get<{ entries: Archived[] }>(`/api/admin/dlq/archive${query}`)).body.entries;

  it('keeps what was purged, one by one, and gives it back as it was', async () => {
    const ticket = await writeTicket(bed.database, { consumer: 'absent', error: 'It broke “here”.' });
    await writeAttempts(bed.database, ticket, 3);
    const before = await bed.rows('absent');
    expect((await bed.api.delete(`/api/admin/dlq/${ticket.entryId}?reason=spam`)).status).toBe(200);
    expect(await bed.rows('absent')).toEqual([]);
    const [entry] = await archive('?consumer=absent');
    expect(entry).toMatchObject({
      id: ticket.entryId,
      reason: 'spam',
      last_error: 'It broke “here”.',
      task_id: null,
      resubmitted_as: null,
    });
    const days = (Date.parse(String(entry?.['expires_at'])) - Date.parse(String(entry?.['archived_at']))) / 86_400_000;
    expect(days).toBe(30);
    const restored = await bed.api.post(RESTORE, { ids: [ticket.entryId, NOWHERE], reason: 'no spam' });
    expect(restored.body).toEqual({ status: 'restored', restored: [ticket.entryId], left: [NOWHERE], task: null });
    expect(await bed.rows('absent')).toEqual(before);
    const details = await bed.api.get<{ operations: { kind: string }[] }>(`/api/admin/dlq/${ticket.entryId}`);
    expect(details.body.operations.map(({ kind }) => kind)).toEqual(['purge', 'restore']);
    expect((await bed.api.post(RESTORE, { ids: [ticket.entryId] })).body).toMatchObject({ restored: [], left: [ticket.entryId] });
  });

  it('pages, and refuses a call that names nothing or too much', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 3; n += 1) {
      const { entryId } = await writeTicket(bed.database, { consumer: 'absent' });
      await bed.api.delete(`/api/admin/dlq/${entryId}`);
      ids.unshift(entryId);
    }
    const first = await bed.api.get<{ entries: Archived[]; next_cursor: string }>('/api/admin/dlq/archive?limit=2');
    const second = await archive(`?limit=2&cursor=${first.body.next_cursor}`);
    expect([...first.body.entries, ...second].map(({ id }) => id)).toEqual(ids);
    for (const body of [{}, { ids, task_id: NOWHERE }]) expect((await bed.api.post(RESTORE, body)).status).toBe(400);
    expect((await bed.api.post(RESTORE, { task_id: NOWHERE })).status).toBe(404);
  });

  it('loses what is older than its days', async () => {
    const [old, young] = [await writeTicket(bed.database, { consumer: 'absent' }), await writeTicket(bed.database, { consumer: 'absent' })];
    for (const { entryId } of [old, young]) await bed.api.delete(`/api/admin/dlq/${entryId}`);
    await bed.database.query(
      `UPDATE zakops.dead_letter_archive SET archived_at = now() - interval '30 days 1 minute' WHERE entry_id = $1`,
      [old.entryId],
    );
    await bed.worker.get(Retention, { strict: false }).run(() => false);
    expect((await archive()).map(({ id }) => id)).toEqual([young.entryId]);
  });

  describe('of resubmitted ones', () => {
    const resubmit = (id: string, changes: unknown): Promise<Answer> =>
      bed.api.post(`/api/admin/dlq/${id}/resubmit`, { data: { deal_id: 'DEAL-000001', changes }, reason: 'corrected' });

    const firstDead = async (): Promise<{ id: string; event_id: string }> => {
      const { body } = await bed.api.get<{ entries: { id: string; event_id: string }[] }>('/api/admin/dlq?consumer=fickle');
      const [entry] = body.entries;
      if (entry === undefined) throw new Error('Nothing is dead.');
      return entry;
    };

    it('has the consumer that failed get the corrected payload, at the place of the original', async () => {
      const [deal] = await bed.die(1, 2);
      const { id, event_id: original } = await firstDead();
      bed.fickle.takes = true;
      const steady = bed.worker.get(Steady).taken.length;
      const answer = await resubmit(id, [{ field: 'display_name', old_value: null, new_value: 'Corrected' }]);
      expect([answer.status, answer.body]).toMatchObject([200, { status: 'resubmitted', entry_id: id, original_event_id: original }]);
      await waitFor('all three', () => bed.fickle.taken.length === 3);
      expect(bed.fickle.taken.map(({ aggregateId, aggregateSeq }) => [aggregateId, aggregateSeq])).toEqual([1, 2, 3].map((n) => [deal, n]));
      expect(bed.fickle.taken[0]).toMatchObject({
        id: answer.body['event_id'],
        causationId: original,
        data: { changes: [{ new_value: 'Corrected' }] },
      });
      // Log and other consumers have the original alone.
      expect(bed.worker.get(Steady).taken).toHaveLength(steady);
      const [event] = await bed.database.query<{ data: unknown }>('SELECT data FROM zakops.events WHERE id = $1', [original]);
      expect(event?.data).toMatchObject({ changes: [{ new_value: 1 }] });
      expect((await archive())[0]).toMatchObject({ id, resubmitted_as: answer.body['event_id'], reason: 'corrected', task_id: null });
      // The delivery goes on, so the original cannot come back beside it.
      expect((await bed.api.post(RESTORE, { ids: [id] })).body).toMatchObject({ left: [id] });
      const audited = await bed.database.query(
        `SELECT details FROM zakops.audit_log WHERE action = 'dead_letter.resubmitted' AND resource_id = $1`,
        [id],
      );
      expect(audited).toMatchObject([
        { details: { reason: 'corrected', original_event_id: original, resubmitted_as: answer.body['event_id'] } },
      ]);
      const again = await resubmit(id, []);
      expect([again.status, again.body]).toMatchObject([409, { code: 'CONFLICT' }]);
    });

    it('shows the corrected payload when it fails again, and takes another one', async () => {
      await bed.die(1);
      const { id } = await firstDead();
      const corrected = (value: string): unknown[] => [{ field: 'display_name', old_value: null, new_value: value }];
      expect((await resubmit(id, corrected('first'))).status).toBe(200);
      await waitFor('its second death', async () => (await bed.dead()) === 1);
      const { body } = await bed.api.get<{ event_data: unknown; operations: { kind: string }[] }>(`/api/admin/dlq/${id}`);
      expect(body).toMatchObject({ event_data: { changes: corrected('first') }, operations: [{ kind: 'resubmit' }] });
      bed.fickle.takes = true;
      expect((await resubmit(id, corrected('second'))).status).toBe(200);
      await waitFor('its delivery', () => bed.fickle.taken.length === 1);
      expect(bed.fickle.taken[0]).toMatchObject({ data: { changes: corrected('second') } });
    });

    it('refuses a payload that does not fit the schema, and names its members', async () => {
      await bed.die(1);
      const { id } = await firstDead();
      const refused = await resubmit(id, [{ field: 7, old_value: 1, new_value: 2 }]);
      expect([refused.status, refused.body]).toMatchObject([
        400,
        { code: 'VALIDATION_ERROR', errors: [{ pointer: '/data/changes/0/field' }] },
      ]);
      expect((await bed.api.post(`/api/admin/dlq/${id}/resubmit`, { data: {} })).body).toMatchObject({ errors: [{ pointer: '/reason' }] });
      expect((await resubmit(NOWHERE, [])).status).toBe(404);
      expect(await archive()).toEqual([]);
      expect(await bed.dead()).toBe(1);
    });
  });

  // The last one: consumers do not pass the hole in the log.
  it('leaves a dead letter whose event is gone', async () => {
    const ticket = await writeTicket(bed.database, { consumer: 'absent' });
    await bed.api.delete(`/api/admin/dlq/${ticket.entryId}`);
    await bed.database.query('DELETE FROM zakops.events WHERE id = $1', [ticket.eventId]);
    expect((await bed.api.post(RESTORE, { ids: [ticket.entryId] })).body).toMatchObject({ restored: [], left: [ticket.entryId] });
  });
});
