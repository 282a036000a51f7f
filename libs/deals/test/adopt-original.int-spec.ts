import { assertEventFits } from '#zakops/contracts';
import { migrate } from '#zakops/database';
import type { DomainEvent } from '#zakops/kernel';
import { createTestDatabase } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import { MIGRATIONS } from '../../../migrations/index.js';
import { ORIGINAL_DATABASE, OUTBOX_IDS } from './original-database.js';

describe('adopting a database of the original system', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase({ empty: true });
    await database.query(ORIGINAL_DATABASE);
    expect((await migrate(database.ownerUrl, MIGRATIONS)).adoptedOriginal).toBe(true);
  });

  afterAll(async () => {
    await database.drop();
  });

  it('copies deals, keeps unknown stages, and turns bare amounts into dollars to the last digit', async () => {
    const rows = await database.query(
      `SELECT deal_id, canonical_name, stage, status, identifiers, company_info, metadata, email_thread_ids, deleted,
              to_char(updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') AS updated
         FROM zakops.deals ORDER BY deal_id`,
    );

    expect(rows).toMatchObject([
      {
        deal_id: 'DEAL-000003',
        stage: 'screening',
        status: 'active',
        identifiers: {},
        company_info: {},
        metadata: {},
        email_thread_ids: [],
      },
      { deal_id: 'DEAL-000004', status: 'junk', deleted: true, metadata: { asking_price: null } },
      {
        deal_id: 'DEAL-000007',
        canonical_name: 'acme',
        stage: 'due_diligence',
        company_info: { company_name: 'Acme', ein: expect.any(Number) as number },
        email_thread_ids: ['t1', 't2'],
        updated: '2026-01-03 12:00:00.123456',
      },
      { deal_id: 'DEAL-000008', canonical_name: 'old', identifiers: { internal_codes: ['X', 'DEAL-2024-001'] } },
    ]);
    expect(rows[2]?.['metadata']).toEqual({
      priority: 'HIGH',
      employees: 12,
      asking_price: { amount: '1250000.50', currency: 'USD' },
      revenue: { amount: '3000000.00', currency: 'USD' },
      ebitda_text: 'on request',
    });
  });

  it('copies numbers that a double cannot hold to the last digit', async () => {
    expect(
      await database.query(
        `SELECT company_info ->> 'ein' AS ein, broker ->> 'share' AS share FROM zakops.deals WHERE deal_id = 'DEAL-000007'`,
      ),
    ).toEqual([{ ein: '12345678901234567890', share: '0.1000000000000000055' }]);
  });

  it('goes on numbering after the highest deal', async () => {
    expect(await database.query('SELECT zakops.next_deal_id() AS id')).toEqual([{ id: 'DEAL-000009' }]);
  });

  it('copies aliases once each', async () => {
    expect(
      await database.query(
        'SELECT deal_id, alias, alias_type, confidence, source FROM zakops.deal_aliases WHERE length(alias) < 100 ORDER BY alias',
      ),
    ).toEqual([
      { deal_id: 'DEAL-000007', alias: 'BBS-1', alias_type: 'listing_id', confidence: 1, source: 'email' },
      { deal_id: 'DEAL-000008', alias: 'Old Inc', alias_type: 'company_name', confidence: 1, source: 'original' },
    ]);
  });

  it('makes events into activity with dotted names, in their order, before everything that is still to come', async () => {
    const rows = await database.query(
      `SELECT seq::int, event_type, source, actor, details FROM zakops.deal_activity WHERE deal_id = 'DEAL-000007' ORDER BY seq`,
    );

    expect(rows).toMatchObject([
      { seq: -4, event_type: 'deal.created', source: 'api', actor: 'ui_user' },
      { seq: -3, event_type: 'email_linked', actor: 'system', details: {} },
      { seq: -2, event_type: 'deal.stage_changed', actor: 'ann', details: { to_stage: 'initial_review' } },
      { seq: -1, event_type: 'deal.stage_changed', actor: 'ann', details: { to_stage: 'due_diligence' } },
      { seq: 0, event_type: 'deal.updated' },
    ]);
  });

  it('makes moves into stage history, keys included, and knows since when a deal is in its stage', async () => {
    expect(
      await database.query(
        'SELECT from_stage, to_stage, transitioned_by, reason, idempotency_key FROM zakops.deal_stage_history ORDER BY id',
      ),
    ).toEqual([
      { from_stage: 'inbound', to_stage: 'initial_review', transitioned_by: 'ann', reason: 'fits', idempotency_key: 'k1' },
      { from_stage: 'initial_review', to_stage: 'due_diligence', transitioned_by: 'ann', reason: null, idempotency_key: null },
    ]);
    expect(await database.query(`SELECT stage_entered_at FROM zakops.deals WHERE deal_id = 'DEAL-000007'`)).toEqual([
      { stage_entered_at: new Date('2026-01-02T00:00:00Z') },
    ]);
  });

  it('copies actions and quarantined mail, reading old names of states', async () => {
    expect(
      await database.query(
        'SELECT action_id, deal_id, status, risk_level, requires_human_review, inputs, audit_trail FROM zakops.actions ORDER BY 1',
      ),
    ).toEqual([
      {
        action_id: 'ACT-1',
        deal_id: 'DEAL-000007',
        status: 'PENDING_APPROVAL',
        risk_level: 'high',
        requires_human_review: true,
        inputs: { to: 'x' },
        audit_trail: [{ action: 'created' }],
      },
      {
        action_id: 'ACT-2',
        deal_id: 'DEAL-000008',
        status: 'QUEUED',
        risk_level: 'low',
        requires_human_review: false,
        inputs: {},
        audit_trail: [],
      },
      {
        action_id: 'ACT-3',
        deal_id: null,
        status: 'EXECUTING',
        risk_level: 'medium',
        requires_human_review: true,
        inputs: {},
        audit_trail: [],
      },
    ]);
    expect(await database.query('SELECT message_id, status, confidence, created_deal_id FROM zakops.quarantine_items ORDER BY 1')).toEqual([
      { message_id: '<1@x>', status: 'pending', confidence: 0.8, created_deal_id: null },
      { message_id: '<2@x>', status: 'approved', confidence: null, created_deal_id: 'DEAL-000008' },
      { message_id: '<3@x>', status: 'rejected', confidence: 0.1, created_deal_id: null },
    ]);
  });

  it('copies a sender once, by the latest mail, without an instant that is none', async () => {
    expect(
      await database.query('SELECT email, domain, name, is_broker, total_emails, last_email_at FROM zakops.sender_profiles ORDER BY 1'),
    ).toEqual([
      { email: 'bo@x.com', domain: 'x.com', name: 'Bo', is_broker: true, total_emails: 2, last_email_at: new Date('2026-01-05T10:00:00Z') },
      { email: 'cy@x.com', domain: 'x.com', name: 'Cy', is_broker: false, total_emails: 1, last_email_at: null },
    ]);
  });

  it('makes undelivered rows into events and tickets under their own ids, and lets an operator decide on dead ones', async () => {
    const events = await database.query<{ id: string; type: string; schema_version: number; aggregate_seq: string; data: unknown }>(
      'SELECT id, type, schema_version, aggregate_seq, data, correlation_id FROM zakops.events ORDER BY aggregate_seq',
    );
    expect(events).toMatchObject([
      { id: OUTBOX_IDS.created, type: 'deal.created', aggregate_seq: '1', correlation_id: 'DEAL-000007' },
      {
        id: OUTBOX_IDS.moved,
        type: 'deal.stage_changed',
        aggregate_seq: '2',
        data: { deal_id: 'DEAL-000007', from_stage: 'inbound', to_stage: 'initial_review', transitioned_by: 'ann', reason: 'fits' },
        correlation_id: '99999999-9999-4999-8999-999999999999',
      },
      { id: OUTBOX_IDS.dead, type: 'deal.updated', aggregate_seq: '3' },
    ]);
    for (const row of events) {
      const event: DomainEvent = {
        id: row.id,
        type: row.type,
        schemaVersion: row.schema_version,
        aggregateType: 'deal',
        aggregateId: 'DEAL-000007',
        aggregateSeq: Number(row.aggregate_seq),
        data: row.data,
      };
      expect(() => {
        assertEventFits(event);
      }).not.toThrow();
    }
    expect(await database.query('SELECT event_id, consumer, status, attempts, last_error FROM zakops.outbox ORDER BY ordinal')).toEqual([
      { event_id: OUTBOX_IDS.created, consumer: 'log', status: 'pending', attempts: 0, last_error: null },
      { event_id: OUTBOX_IDS.moved, consumer: 'log', status: 'pending', attempts: 0, last_error: null },
      { event_id: OUTBOX_IDS.dead, consumer: 'log', status: 'dead', attempts: 5, last_error: 'no route' },
    ]);
    expect(await database.query('SELECT deal_id, version FROM zakops.deals WHERE version > 0')).toEqual([
      { deal_id: 'DEAL-000007', version: 3 },
    ]);
  });

  it('says what it found and copied', async () => {
    expect(await database.query('SELECT subject, found::int, copied::int FROM zakops.adoption_report ORDER BY subject')).toEqual([
      { subject: 'actions', found: 3, copied: 3 },
      { subject: 'deal_aliases', found: 6, copied: 4 },
      { subject: 'deal_events', found: 7, copied: 6 },
      { subject: 'deals', found: 4, copied: 4 },
      { subject: 'operators', found: 1, copied: 1 },
      { subject: 'outbox', found: 5, copied: 3 },
      { subject: 'quarantine_items', found: 3, copied: 3 },
    ]);
  });

  it('leaves the original as it was, and finds nothing more to do', async () => {
    expect(await database.query('SELECT count(*)::int AS n FROM zakops_legacy.deals')).toEqual([{ n: 4 }]);
    expect(await database.query('SELECT email FROM zakops_legacy.operators')).toEqual([{ email: 'ann@example.com' }]);
    expect(await migrate(database.ownerUrl, MIGRATIONS)).toEqual({ applied: [], adoptedOriginal: false });
  });
});

describe('adopting what is hardly a database of the original system', () => {
  it.each([
    ['without deals', 'CREATE SCHEMA zakops; CREATE TABLE zakops.operators (id uuid)'],
    [
      'with tables that lack every column',
      "CREATE SCHEMA zakops; CREATE TABLE zakops.deals (deal_id text); CREATE TABLE zakops.deal_aliases (x int); CREATE TABLE zakops.deal_events (x int); CREATE TABLE zakops.actions (x int); CREATE TABLE zakops.quarantine_items (x int); CREATE TABLE zakops.outbox (x int); INSERT INTO zakops.deals VALUES (NULL), ('DEAL-000001'); INSERT INTO zakops.deal_events VALUES (1); INSERT INTO zakops.actions VALUES (1); INSERT INTO zakops.quarantine_items VALUES (1); INSERT INTO zakops.outbox VALUES (1)",
    ],
    ['with empty tables', 'CREATE SCHEMA zakops; CREATE TABLE zakops.deals (deal_id text)'],
  ])('works %s', async (_, sql) => {
    const database = await createTestDatabase({ empty: true });
    try {
      await database.query(sql);
      expect(await migrate(database.ownerUrl, MIGRATIONS)).toMatchObject({ adoptedOriginal: true });
      const [{ id } = { id: '' }] = await database.query<{ id: string }>('SELECT zakops.next_deal_id() AS id');
      expect(id).toBe(sql.includes('DEAL-000001') ? 'DEAL-000002' : 'DEAL-000001');
    } finally {
      await database.drop();
    }
  });
});
