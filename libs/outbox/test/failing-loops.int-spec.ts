import { ProcessHeartbeat } from '#zakops/processes';
import type { LoopState } from '#zakops/processes';
import { waitFor } from '#zakops/testing';
import { Injectable } from '@nestjs/common';
import { CursorStore } from '../src/consume/cursor.store.js';
import { EventConsumer } from '../src/index.js';
import type { SingleEventConsumer } from '../src/index.js';
import { Leadership } from '../src/lease/leadership.js';
import { WorkerLease } from '../src/lease/worker-lease.js';
import { Publisher, WorkerFencedError } from '../src/publish/publisher.js';
import { OutboxTestbed } from './outbox-testbed.js';
import type { OutboxProcess } from './outbox-testbed.js';

@Injectable()
@EventConsumer({ name: 'mailer', events: ['deal.*'] })
class Mailer implements SingleEventConsumer {
  handled = 0;

  handle(): Promise<void> {
    this.handled += 1;
    return Promise.resolve();
  }
}

describe('the loops of a worker', () => {
  let bed: OutboxTestbed;
  let worker: OutboxProcess;
  const loop = (name: string): LoopState => worker.get(ProcessHeartbeat).loop(name);

  beforeEach(async () => {
    bed = await OutboxTestbed.create();
    worker = await bed.start({ relay: true, providers: [Mailer], env: { OUTBOX_POLL_INTERVAL: '0.1' } });
    await waitFor('the lease', () => worker.get(Leadership).fence !== undefined);
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await bed.dispose();
  });

  const failsAndRecovers = async (name: string, fault: jest.SpyInstance): Promise<void> => {
    await waitFor('two failures', () => loop(name).failures >= 2);
    expect([loop(name).lastError, loop(name).failingForMs]).toEqual([new Error('no'), expect.any(Number)]);
    fault.mockRestore();
    await waitFor('the recovery', () => loop(name).failingForMs === undefined);
    expect([loop(name).failures, loop(name).lastError]).toEqual([0, undefined]);
  };

  it('are well while nothing fails', async () => {
    await worker.append(bed.event(1));
    await waitFor('the delivery', () => worker.get(Mailer).handled === 1);
    expect(worker.get(ProcessHeartbeat).loops.map(({ name, failures, failingForMs }) => [name, failures, failingForMs])).toEqual([
      ['retention', 0, undefined],
      ['publishing', 0, undefined],
      ['lease', 0, undefined],
      ['consumer:mailer', 0, undefined],
    ]);
  });

  it('fail when publishing fails, and the others do not', async () => {
    await failsAndRecovers('publishing', jest.spyOn(worker.get(Publisher), 'publish').mockRejectedValue(new Error('no')));
    expect([loop('lease').failures, loop('consumer:mailer').failures]).toEqual([0, 0]);
  });

  it('fail when the lease cannot be prolonged', async () => {
    await failsAndRecovers('lease', jest.spyOn(worker.get(WorkerLease), 'renew').mockRejectedValue(new Error('no')));
  });

  it('fail when the cursor of a consumer cannot be read', async () => {
    await failsAndRecovers('consumer:mailer', jest.spyOn(worker.get(CursorStore), 'load').mockRejectedValue(new Error('no')));
    expect(loop('publishing').failures).toBe(0);
  });

  it('do not fail because another worker took over: they only do not run here any more', async () => {
    const publish = jest.spyOn(worker.get(Publisher), 'publish').mockRejectedValue(new Error('no'));
    await waitFor('a failure', () => loop('publishing').failures > 0);
    publish.mockRejectedValue(new WorkerFencedError());
    await waitFor('the end of the failure', () => loop('publishing').failingForMs === undefined);
    expect(loop('publishing').failures).toBe(0);
  });
});
