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
    'Extensions: `sequence` (position in the log, as text), `correlationid`, `causationid` (the event that caused it, if one did),',
    '`schemaversion`, `actor` (`user:<e-mail>`, `api_key:<id>` or `system:<name>`), `traceparent`.',
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
    'A ticket is the delivery of one event to one consumer: a row of `zakops.outbox`. The consumer `log` is publication itself.',
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
    codeBlock('json', JSON.stringify(definition.example, null, 2)),
    '',
    '<details><summary>JSON Schema of <code>data</code></summary>',
    '',
    codeBlock('json', JSON.stringify(schema, null, 2)),
    '',
    '</details>',
  ].join('\n');
}

function stateDiagram(): string {
  const lines = Object.entries(TICKET_TRANSITIONS).flatMap(([name, { from, to }]) => from.map((state) => `  ${state} --> ${to}: ${name}`));
  return [
    'stateDiagram-v2',
    '  [*] --> pending: append, or publish for a consumer',
    ...lines,
    '  delivered --> [*]',
    '  dead --> [*]: discard',
  ].join('\n');
}

function codeBlock(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}

function anchor(type: string): string {
  return type.replaceAll('.', '');
}
