import { defineConfig, integer, secondsAsMs } from '#zakops/config';
import { z } from 'zod';

const HOUR_MS = 3_600_000;

const hoursAsMs = z.string().transform((text, context) => {
  const hours = Number(text);
  if (/^\d+(\.\d+)?$/.test(text.trim()) && hours > 0 && hours <= 168) return Math.round(hours * HOUR_MS);
  context.addIssue({ code: 'custom', message: 'must be hours, more than 0 and at most 168' });
  return z.NEVER;
});

/** How events reach browsers. */
export class SseConfig extends defineConfig('Streams', {
  heartbeatMs: {
    env: 'SSE_HEARTBEAT_INTERVAL',
    schema: secondsAsMs(0.1, 300),
    default: '15',
    form: 'seconds, 0.1 to 300',
    description:
      'How often every stream gets a comment, so that no proxy takes it for dead. Stay well below the read limit of the proxies in between.',
    example: '15',
  },
  maxConnections: {
    env: 'SSE_MAX_CONNECTIONS',
    schema: integer(1, 100_000),
    default: '1000',
    form: 'streams, 1 to 100000',
    description: 'The most streams that one API process keeps open; more are answered 503.',
    example: '1000',
  },
  maxPerUser: {
    env: 'SSE_MAX_CONNECTIONS_PER_USER',
    schema: integer(1, 1_000),
    default: '5',
    form: 'streams, 1 to 1000',
    description:
      'The most streams that one operator keeps open in one API process; more are answered 429. Does not count while AUTH_REQUIRED is ' +
      'false, because then everybody is the same operator.',
    example: '5',
  },
  replayMaxEvents: {
    env: 'SSE_REPLAY_MAX_EVENTS',
    schema: integer(1, 100_000),
    default: '1000',
    form: 'events of the log, 1 to 100000',
    description: 'How far behind the end of the log a stream may resume; farther behind, it begins with `reset`.',
    example: '1000',
  },
  replayWindowMs: {
    env: 'SSE_EVENT_REPLAY_HOURS',
    schema: hoursAsMs,
    default: '1',
    form: 'hours, more than 0, at most 168',
    description: 'How old the first missed event may be when a stream resumes; if it is older, the stream begins with `reset`.',
    example: '1',
  },
  bufferBytes: {
    env: 'SSE_BUFFER_BYTES',
    schema: integer(1_024, 1_073_741_824),
    default: '1048576',
    form: 'bytes, 1024 to 1073741824',
    description:
      'How much may wait for a client that is behind before its stream is closed; it resumes from the log. One batch of any size may always wait.',
    example: '1048576',
  },
  bufferFrames: {
    env: 'SSE_BUFFER_FRAMES',
    schema: integer(1, 1_000_000),
    default: '100',
    form: 'events, 1 to 1000000',
    description: 'How many events may wait for a client that is behind before its stream is closed, with the same exception.',
    example: '100',
  },
  slowTimeoutMs: {
    env: 'SSE_SLOW_CONSUMER_TIMEOUT',
    schema: secondsAsMs(0.1, 3_600),
    default: '30',
    form: 'seconds, 0.1 to 3600',
    description: 'How long a client may take nothing of what waits for it before its stream is closed; looked at with every heartbeat.',
    example: '30',
  },
}) {}
