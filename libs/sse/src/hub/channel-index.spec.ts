import { DEVELOPMENT_OPERATOR } from '#zakops/auth';
import { loadConfig } from '#zakops/config';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { publishedEvent } from '../../test/published-event.builder.js';
import { EventFilter } from '../events/event-filter.js';
import type { AggregateReference, EventFilterParts } from '../events/event-filter.js';
import { EventVisibility } from '../events/event-visibility.js';
import { SseConfig } from '../sse.config.js';
import { ChannelIndex } from './channel-index.js';
import { EventStream } from '../streams/event-stream.js';

type Parts = Omit<EventFilterParts, 'visibility'>;

const visibility = EventVisibility.everything;

function deal(id: string): AggregateReference {
  return { type: 'deal', id };
}

function streamWith(parts: Parts): EventStream {
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  const keeper = { onEnded: () => undefined, onClosed: () => undefined };
  return new EventStream(
    response,
    new EventFilter({ visibility, ...parts }),
    DEVELOPMENT_OPERATOR,
    null,
    loadConfig([SseConfig], {}).get(SseConfig),
    keeper,
  );
}

describe(ChannelIndex.name, () => {
  it('puts streams with the same filter into one channel', () => {
    const index = new ChannelIndex();
    index.join(streamWith({ types: ['deal.*'] }), 0);
    index.join(streamWith({ types: ['deal.*'] }), 0);
    index.join(streamWith({}), 0);
    expect([...index.all()].map((channel) => channel.streams.size)).toEqual([2, 1]);
  });

  it('finds the channels that an event concerns, each once', () => {
    const index = new ChannelIndex();
    const filters: Parts[] = [
      {},
      { aggregate: deal('DEAL-000001') },
      { aggregate: deal('DEAL-000002') },
      { correlationId: 'c-1' },
      { correlationId: 'c-2' },
      { aggregate: deal('DEAL-000001'), correlationId: 'c-1' },
      { aggregate: deal('DEAL-000001'), correlationId: 'c-2' },
      { types: ['action.*'] },
    ];
    for (const filter of filters) index.join(streamWith(filter), 0);
    const found = index.matching(publishedEvent({ aggregateId: 'DEAL-000001', correlationId: 'c-1' })).map(({ filter }) => filter.key);
    const expected = [filters[0], filters[1], filters[3], filters[5]].map((parts) => new EventFilter({ visibility, ...parts }).key);
    expect([...found].sort()).toEqual(expected.sort());
  });

  it('forgets a channel with its last stream', () => {
    const index = new ChannelIndex();
    const streams = [streamWith({ aggregate: deal('DEAL-000001') }), streamWith({ correlationId: 'c' }), streamWith({}), streamWith({})];
    for (const stream of streams) index.join(stream, 0);
    for (const stream of streams) index.leave(stream);
    expect(index.isEmpty).toBe(true);
    expect(index.matching(publishedEvent({ correlationId: 'c' }))).toEqual([]);
    index.leave(streamWith({ aggregate: deal('DEAL-000003') }));
  });
});
