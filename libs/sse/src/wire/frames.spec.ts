import { publishedEvent } from '../../test/published-event.builder.js';
import { encodeBye, encodeControl, encodeEvent, encodeMark, HEARTBEAT_LINE, RETRY_LINE } from './frames.js';

describe('frames', () => {
  it('writes an event as id, type and one line of CloudEvents JSON', () => {
    const frame = encodeEvent('abc', publishedEvent({ position: 42, data: { note: 'two\nlines\r\n and \u2028 more' } })).toString();
    const [id, event, data, ...rest] = frame.split('\n');
    expect([id, event, rest]).toEqual(['id: abc-42', 'event: deal.updated', ['', '']]);
    expect(JSON.parse(String(data).replace(/^data: /, ''))).toMatchObject({
      specversion: '1.0',
      sequence: '42',
      data: { note: 'two\nlines\r\n and \u2028 more' },
    });
  });

  it('writes words about the stream with the id it goes on from, or without one', () => {
    const data = { status: 'live', position: 7 };
    expect(encodeControl('live', data, { epoch: 'abc', position: 7 })).toBe(
      'id: abc-7\nevent: live\ndata: {"status":"live","position":7}\n\n',
    );
    expect(encodeControl('reset', { reason: 'slow' })).toBe('event: reset\ndata: {"reason":"slow"}\n\n');
    expect(encodeBye(2_500)).toBe('retry: 2500\nevent: bye\ndata: {"reconnect_after_ms":2500}\n\n');
  });

  it('ends no block without data: not by a heartbeat, not by the wait before a reconnect, not by a mark', () => {
    expect(RETRY_LINE).toBe('retry: 3000\n');
    expect(HEARTBEAT_LINE.toString()).toBe(': heartbeat\n');
    expect(encodeMark({ epoch: 'abc', position: 9 }).toString()).toBe('id: abc-9\nevent: mark\ndata: {"position":9}\n\n');
  });
});
