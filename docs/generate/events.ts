import { EVENT_TYPES, eventCatalogue, toCloudEvent } from '#zakops/contracts';
import type { EventDefinition } from '#zakops/contracts';
import { TICKET_TRANSITIONS } from '#zakops/outbox';
import { z } from 'zod';

const EXAMPLE_TIME = new Date('2026-01-31T12:00:00.000Z');

/** The page of all events and of what happens to them, from the catalogue and the transition table. */
export function eventsPage(): string {
  return [
    '# Events',
    '',
    'Every event this system publishes, with the schema of its `data`. Nothing else can be published: a wrong payload does not',
    'compile, and is refused before it is written. This page is generated from `libs/contracts` by `npm run docs:generate`.',
    '',
    'On the wire an event is a CloudEvent 1.0 in JSON, the same on streams, in polls and in answers:',
    '',
    codeBlock('json', JSON.stringify(exampleEnvelope(), null, 2)),
    '',
    '`data` has at most `EVENT_MAX_BYTES` (256 KiB unless set) as JSON, where numbers count with all their digits. A change whose event would',
    'be larger is answered 413 `EVENT_TOO_LARGE`, and nothing is written.',
    '',
    'Extensions: `sequence` (position in the log, as text), `correlationid`, `causationid` (the event that caused it, if one did),',
    '`schemaversion`, `actor` (`user:<e-mail>`, `api_key:<id>` or `system:<name>`), `traceparent`.',
    '',
    '## Places in the log',
    '',
    'A position means nothing without its log: after a restore or a failover positions are given a second time, to other events. What a',
    'client gives back to go on is therefore opaque and names the log:',
    '',
    '| Place | Where it goes | In another log |',
    '|---|---|---|',
    '| `id:` of a frame, `Last-Event-ID` of the answer | `Last-Event-ID`, `last_event_id` or `since` | `reset` with `epoch_changed` |',
    '| `next_since` of a poll | `since`, or `Last-Event-ID` of a stream | `reset` with `epoch_changed`, and the newest events |',
    '| `X-Next-Cursor` and `Link` of event lists | `cursor` | 400 `VALIDATION_ERROR` with `INVALID_CURSOR` at `cursor`: start again without it |',
    '| `id` of an event | `Last-Event-ID` | looked up in the log of today; `reset` with `unknown_id` if it is not there |',
    '',
    'A poll also takes a bare position as `since`, as version 0.3 gave it (deprecated), and a cursor of version 0.3: both are taken for this log.',
    '',
    'Other numbers are no places, and nothing takes them back: `sequence` of an event orders events of one log; `position` and `head` in',
    'control frames, `position` of a dead letter and `log_position` of the statistics are numbers for people. Positions of the audit log',
    'belong to its own chain, whose hashes name it.',
    '',
    '## Catalogue',
    '',
    'Streams, polls and lists show an event to those who hold its permission; to everybody else it is not there.',
    '',
    '| Type | Version | Permission | When |',
    '|---|---|---|---|',
    ...EVENT_TYPES.map(
      (type) =>
        `| [\`${type}\`](#${anchor(type)}) | ${String(eventCatalogue[type].version)} | \`${eventCatalogue[type].permission}\` | ${eventCatalogue[type].description} |`,
    ),
    '',
    EVENT_TYPES.map(eventSection).join('\n\n'),
    '',
    '## States of a ticket',
    '',
    'A ticket is a row of `zakops.outbox_tickets`: an event that a consumer could not take, or that waits behind one of its aggregate. It begins as',
    '`failed` or `dead`, or as `pending` behind another one; what a consumer takes at once has none. [The relay](relay.md) explains it.',
    '',
    codeBlock('mermaid', stateDiagram()),
    '',
  ].join('\n');
}

function exampleEnvelope(): unknown {
  const definition: EventDefinition = eventCatalogue['deal.stage_changed'];
  return toCloudEvent({
    id: '0199c4a2-7d1e-7c3b-9f50-3a1f6f1c2b4d',
    type: 'deal.stage_changed',
    schemaVersion: definition.version,
    aggregateType: definition.aggregateType,
    aggregateId: 'DEAL-000001',
    aggregateSeq: 2,
    data: definition.example,
    correlationId: 'DEAL-000001',
    causationId: null,
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00',
    actor: 'user:dev@zakops.local',
    occurredAt: EXAMPLE_TIME,
    position: 2,
  });
}

function eventSection(type: keyof typeof eventCatalogue): string {
  const definition: EventDefinition = eventCatalogue[type];
  const { $schema: _dialect, ...schema } = z.toJSONSchema(definition.data);
  return [
    `### ${type}`,
    '',
    `${definition.description} Version ${String(definition.version)}; the subject is the ${definition.aggregateType}.`,
    '',
    ...sensitiveLine(definition.sensitive),
    codeBlock('json', JSON.stringify(definition.example, null, 2)),
    '',
    '<details><summary>JSON Schema of <code>data</code></summary>',
    '',
    codeBlock('json', JSON.stringify(schema, null, 2)),
    '',
    '</details>',
  ].join('\n');
}

function sensitiveLine(paths: readonly string[]): readonly string[] {
  return paths.length === 0 ? [] : [`Masked for people who operate the system: ${paths.map((path) => `\`${path}\``).join(', ')}.`, ''];
}

function stateDiagram(): string {
  const lines = Object.entries(TICKET_TRANSITIONS).flatMap(([name, { from, to }]) => from.map((state) => `  ${state} --> ${to}: ${name}`));
  return [
    'stateDiagram-v2',
    '  [*] --> failed: an event fails at the cursor',
    '  [*] --> dead: an event fails, and no retry helps',
    '  [*] --> pending: an earlier event of its aggregate has a ticket',
    ...lines,
    '  delivered --> [*]: retention',
    '  dead --> [*]: purge',
  ].join('\n');
}

function codeBlock(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}

function anchor(type: string): string {
  return type.replaceAll('.', '');
}
