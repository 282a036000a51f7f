import { CreateDeal } from '../../deals/src/commands/create-deal/create-deal.command.js';
import { dealDetails } from '../../deals/test/deal.builder.js';
import { AuditEntryLookup } from '#zakops/audit';
import { DealLookup, DealsConfig, DealsModule } from '#zakops/deals';
import { DeadLetterLookup } from '#zakops/dlq';
import { newCall, runInCall } from '#zakops/observability';
import { OperatorLookup } from '#zakops/operators';
import { EventLookup, OutboxConfig, OutboxRelayModule } from '#zakops/outbox';
import { ProcessesModule, ProcessLookup } from '#zakops/processes';
import { createTestDatabase, startModules, waitFor } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import type { INestApplicationContext } from '@nestjs/common';
import { CommandBus, CqrsModule, QueryBus } from '@nestjs/cqrs';
import { LookupId, LookupModule } from '../src/index.js';
import type { LookupHit } from '../src/index.js';
import { LookupSources } from '../src/sources/lookup-sources.js';
import { readQuestion } from '../src/sources/read-question.js';

const DEAD = `INSERT INTO zakops.outbox_tickets (event_id, consumer, ordinal, event_type, stream, status)
  SELECT e.id, 'mailer', 1, e.type, 0, 'dead' FROM zakops.events e WHERE e.id = $1 RETURNING zakops.ticket_id(event_id, consumer) AS id`;

describe(LookupId.name, () => {
  let database: TestDatabase;
  let app: INestApplicationContext;

  beforeAll(async () => {
    database = await createTestDatabase();
    app = await startModules(database.url, {
      settings: [DealsConfig, OutboxConfig],
      imports: [ProcessesModule.forRoot('outbox-worker'), CqrsModule.forRoot(), DealsModule, OutboxRelayModule, LookupModule],
      providers: [AuditEntryLookup, DeadLetterLookup, DealLookup, EventLookup, OperatorLookup, ProcessLookup],
    });
  });

  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  const find = (q: string, scopes?: ReadonlySet<'admin:system'>): Promise<readonly LookupHit[]> =>
    app.get(QueryBus).execute(new LookupId(q, scopes));

  it('knows every kind of id, and where it is shown', async () => {
    const call = newCall({ type: 'user', id: 'ann@example.com' });
    const { dealId } = await runInCall(call, () => app.get(CommandBus).execute(new CreateDeal(dealDetails(), 'inbound', 'test')));
    const [row] = await waitFor('the event in the log', async () => {
      const rows = await database.query<{ event_id: string; position: number; correlation_id: string; process_id: string }>(
        `SELECT l.event_id, l.position::int, e.correlation_id, p.process_id FROM zakops.event_log l JOIN zakops.events e ON e.id = l.event_id, zakops.processes p`,
      );
      return rows.length === 1 && rows;
    });
    const {
      event_id: event,
      position,
      correlation_id: correlation,
      process_id: process,
    } = row ?? { event_id: '', position: 0, correlation_id: '', process_id: '' };
    await database.query(
      `INSERT INTO zakops.deal_aliases (id, deal_id, alias, alias_type, confidence, source)
                          VALUES (gen_random_uuid(), $1, 'BBS-77', 'listing_id', 1, 'test')`,
      [dealId],
    );
    const [dead] = await database.query<{ id: string }>(DEAD, [event]);
    const [operator] = await database.query<{ id: string }>(
      `INSERT INTO zakops.operators (id, email, name, role, status) VALUES (gen_random_uuid(), 'Ann@example.com', 'Ann', 'admin', 'active') RETURNING id`,
    );
    const explain = `/api/admin/events/${event}/explain`;

    expect(await find(event)).toEqual([
      { kind: 'event', id: event, title: `deal.created of ${dealId}`, path: explain },
      { kind: 'audit_entry', id: event, title: 'deal.created by ann@example.com', path: `/api/admin/audit/${event}` },
    ]);
    expect(await find(String(position))).toMatchObject([{ kind: 'position', id: event, path: explain }]);
    expect(await find(call.trace.traceId)).toMatchObject([
      { kind: 'trace', id: event },
      { kind: 'audit_entry', id: event },
    ]);
    expect(await find(correlation)).toContainEqual({
      kind: 'correlation',
      id: correlation,
      title: 'correlation of deal.created',
      path: `/api/events/by-correlation/${correlation}`,
    });
    expect(await find(dealId)).toContainEqual(expect.objectContaining({ kind: 'deal', path: `/api/deals/${dealId}` }));
    expect(await find('bbs-77')).toMatchObject([{ kind: 'alias', id: dealId, title: 'listing_id BBS-77' }]);
    expect(await find(dead?.id ?? '')).toMatchObject([{ kind: 'dead_letter', id: dead?.id, title: 'deal.created at mailer' }]);
    expect(await find(process)).toMatchObject([{ kind: 'process', id: process }]);
    expect(await find('ann@EXAMPLE.com')).toMatchObject([{ kind: 'operator', id: operator?.id }]);
    expect(await find('ann@EXAMPLE.com', new Set(['admin:system'] as const))).toEqual([]);
    expect(await find('nothing')).toEqual([]);
  });

  it('finds by indexes alone', async () => {
    const client = await database.connect();
    // The tables are small: without the prohibition every one of them would be scanned.
    await client.query('SET enable_seqscan = off');
    const forms = ['17', 'ann@example.com', '01a20766-1903-7000-b53a-f1a67f726fc3', '4bf92f3577b34da6a3ce929d0e0e4736'].map(readQuestion);
    const lookups = app.get(LookupSources, { strict: false }).all();
    expect(lookups.length).toBeGreaterThanOrEqual(16);
    for (const { kind, sql, parameters } of lookups) {
      const values = forms.map(parameters).find((found) => found !== undefined);
      expect([kind, values]).not.toEqual([kind, undefined]);
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${sql}`, [...(values ?? [])]);
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      expect([kind, plan]).toEqual([kind, expect.stringMatching(/Index (?:Only )?Scan/)]);
      expect([kind, plan]).not.toEqual([kind, expect.stringMatching(/Seq Scan/)]);
    }
    await client.end();
  });
});
