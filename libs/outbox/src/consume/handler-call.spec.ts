import { currentCall } from '#zakops/observability';
import { DeliveryTimeoutError } from '../tickets/delivery.errors.js';
import type { Delivery } from '../tickets/delivery.js';
import { DeliveryInterruptedError, HandlerCall } from './handler-call.js';

const TRACE = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), flags: '00' };
const DELIVERY = { event: { id: 'e-1', correlationId: 'c-1' }, attempt: 1, gap: false } as Delivery;

describe(HandlerCall.name, () => {
  const stop = new AbortController();
  const call = new HandlerCall('mailer', 50, stop.signal);
  const run = (work: (signal: AbortSignal) => Promise<void>): Promise<void> => call.run(DELIVERY, () => TRACE, work);

  it('gives a handler the ids of its event, and an actor of its own', async () => {
    let seen: unknown;
    await run(() => {
      const { trace, correlationId, causationId, actor } = currentCall() ?? {};
      seen = { trace, correlationId, causationId, actor };
      return Promise.resolve();
    });
    expect(seen).toEqual({ trace: TRACE, correlationId: 'c-1', causationId: 'e-1', actor: { type: 'system', id: 'mailer' } });
  });

  it('throws what the handler throws, also before it returns a promise', async () => {
    await expect(run(() => Promise.reject(new Error('later')))).rejects.toThrow('later');
    await expect(
      run(() => {
        throw new Error('at once');
      }),
    ).rejects.toThrow('at once');
  });

  it('cuts off each call at its own limit, although one before it was cut off and ends meanwhile', async () => {
    let endFirst: () => void = () => undefined;
    let signal: AbortSignal | undefined;
    const first = run((given) => {
      signal = given;
      return new Promise((resolve) => (endFirst = resolve));
    });
    await expect(first).rejects.toBeInstanceOf(DeliveryTimeoutError);
    expect(signal?.reason).toBeInstanceOf(DeliveryTimeoutError);
    const second = run((given) => {
      signal = given;
      return new Promise(() => undefined);
    });
    expect(signal?.aborted).toBe(false);
    endFirst();
    await expect(second).rejects.toBeInstanceOf(DeliveryTimeoutError);
  });

  it('cuts off what runs when the process cannot wait, and begins nothing afterwards', async () => {
    const hanging = run(() => new Promise(() => undefined));
    stop.abort(new DeliveryInterruptedError('mailer'));
    await expect(hanging).rejects.toBeInstanceOf(DeliveryInterruptedError);
    let begun = false;
    expect(() =>
      run(() => {
        begun = true;
        return Promise.resolve();
      }),
    ).toThrow(DeliveryInterruptedError);
    expect(begun).toBe(false);
  });
});
