import { EVENT_TYPES, eventCatalogue } from '#zakops/contracts';
import { eventExample, eventSchema } from './event-schemas.js';

const DESCRIPTION = [
  'The event log: every change of deals and of what belongs to them, in one order, each event once.',
  'A stream of server-sent events brings it; `docs/events.md` says how a stream begins, resumes and ends.',
].join(' ');

/** The AsyncAPI 3.0 document: the stream, and every event of the catalogue with its JSON Schema (draft 7) and version. */
export function asyncDocument(version: string): object {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'ZakOps events',
      version,
      description: DESCRIPTION,
      license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
      tags: [{ name: 'events', description: 'What happened to deals, mail and operators.' }],
    },
    defaultContentType: 'application/json',
    channels: {
      eventStream: {
        address: '/api/events/stream',
        title: 'Event stream',
        description:
          'Server-sent events: `event:` is the type, `data:` the event as CloudEvents JSON, `id:` the place from which to resume.',
        messages: Object.fromEntries(EVENT_TYPES.map((type) => [type, { $ref: `#/components/messages/${type}` }])),
      },
    },
    operations: {
      sendEvents: {
        action: 'send',
        channel: { $ref: '#/channels/eventStream' },
        summary: 'Send events to a stream',
        description: 'Every published event that the caller may read and that fits the filters, in the order of the log.',
        bindings: { http: { method: 'GET' } },
        messages: EVENT_TYPES.map((type) => ({ $ref: `#/channels/eventStream/messages/${type}` })),
      },
    },
    components: { messages: Object.fromEntries(EVENT_TYPES.map((type) => [type, message(type)])) },
  };
}

function message(type: (typeof EVENT_TYPES)[number]): object {
  const { description, version, permission } = eventCatalogue[type];
  return {
    name: type,
    title: type,
    summary: description,
    description: `Version ${String(version)}. Brought to callers with \`${permission}\`.`,
    contentType: 'application/json',
    payload: eventSchema(type, 'draft-7'),
    examples: [{ name: type, payload: eventExample(type) }],
  };
}
