// Follows a stream by one of the clients that other people wrote, and prints every message that its user gets, as one JSON line.
// A message that is no JSON object is what would break the page of that user, and ends the program.
const [name, url] = process.argv.slice(2);
const NAMES = ['live', 'replayed', 'reset', 'bye', 'mark', 'message', 'deal.created', 'deal.updated', 'deal.stage_changed'];

function tell({ type, data, id }) {
  const { subject } = JSON.parse(data);
  process.stdout.write(`${JSON.stringify({ type, id, subject })}\n`);
}

function listen(source) {
  for (const type of NAMES) {
    source.addEventListener(type, ({ data, lastEventId }) => tell({ type, data, id: lastEventId }));
  }
}

const CLIENTS = {
  'eventsource 3': async () => {
    const { EventSource } = await import('eventsource-3');
    listen(new EventSource(url));
  },
  'eventsource 4': async () => {
    const { EventSource } = await import('eventsource');
    listen(new EventSource(url));
  },
  'eventsource-client': async () => {
    const { createEventSource } = await import('eventsource-client');
    createEventSource({ url, onMessage: ({ event, data, id }) => tell({ type: event, data, id }) });
  },
  'launchdarkly-eventsource': async () => {
    const { EventSource } = (await import('launchdarkly-eventsource')).default;
    const source = new EventSource(url);
    listen(source);
    // Without a listener its errors end the process.
    source.on('error', () => undefined);
  },
  '@microsoft/fetch-event-source': async () => {
    // It is made for browsers, and reads its functions from there.
    globalThis.window = globalThis;
    const { fetchEventSource } = (await import('@microsoft/fetch-event-source')).default;
    await fetchEventSource(url, {
      openWhenHidden: true,
      onmessage: ({ event, data, id }) => {
        try {
          tell({ type: event, data, id });
        } catch (error) {
          process.stderr.write(`a message that is no JSON: ${JSON.stringify({ event, data, id })} ${String(error)}\n`);
          process.exit(1);
        }
      },
      // As its documentation says: an error here makes it come back.
      onclose: () => {
        throw new Error('come back');
      },
    });
  },
};

await CLIENTS[name]();
