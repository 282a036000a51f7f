import { loadConfig } from '#zakops/config';
import { SseConfig } from '../sse.config.js';
import { StreamAdmission, TooManyStreamsError, TooManyStreamsOfUserError } from './stream-admission.js';

function setup(): StreamAdmission {
  const config = loadConfig([SseConfig], { SSE_MAX_CONNECTIONS: '4', SSE_MAX_CONNECTIONS_PER_USER: '2' }).get(SseConfig);
  return new StreamAdmission(config);
}

describe(StreamAdmission.name, () => {
  it('refuses one more of the same owner as rate limited, and lets others in', () => {
    const admission = setup();
    admission.take('a');
    admission.take('a');
    expect(() => {
      admission.take('a');
    }).toThrow(TooManyStreamsOfUserError);
    admission.take('b');
    expect(admission.total).toBe(3);
    expect(new TooManyStreamsOfUserError(2)).toMatchObject({ category: 'rate_limited', code: 'RATE_LIMITED', retryAfterSeconds: 5 });
  });

  it('counts streams without an owner only in the total', () => {
    const admission = setup();
    for (let n = 0; n < 4; n += 1) admission.take(undefined);
    expect(admission.isFull).toBe(true);
    expect(() => {
      admission.take('a');
    }).toThrow(TooManyStreamsError);
    admission.release(undefined);
    admission.take('a');
    expect(admission.isFull).toBe(true);
  });

  it('gives the place back to its owner', () => {
    const admission = setup();
    admission.take('a');
    admission.take('a');
    admission.release('a');
    admission.take('a');
    expect(() => {
      admission.take('a');
    }).toThrow(TooManyStreamsOfUserError);
    admission.release('a');
    admission.release('a');
    expect(admission.total).toBe(0);
  });
});
