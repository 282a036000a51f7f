import { Leadership } from '../src/lease/leadership.js';
import { WorkerLease } from '../src/lease/worker-lease.js';
import { LogEpoch } from '../src/log/log-epoch.js';
import { OutboxTestbed } from './outbox-testbed.js';

describe(Leadership.name, () => {
  let bed: OutboxTestbed;
  let sut: Leadership;

  beforeEach(async () => {
    bed = await OutboxTestbed.create();
    const process = await bed.start({ relay: false, providers: [Leadership, WorkerLease, LogEpoch] });
    sut = process.get(Leadership);
  });
  afterEach(() => bed.dispose());

  const gained = async (): Promise<string> => {
    const outcome = await sut.maintain(() => ({}));
    if (outcome.is !== 'gained') throw new Error(`The lease was not gained: ${outcome.is}.`);
    return outcome.lease.fence;
  };
  /** Another worker had the lease for a moment, and gave it back. */
  const lose = (): Promise<unknown> =>
    bed.database.query(
      `UPDATE zakops.worker_leases SET owner = 'another', fence = fence + 1, expires_at = '-infinity' WHERE name = 'outbox'`,
    );
  const holds = async (): Promise<unknown> =>
    (
      await bed.database.query(`SELECT owner = $1 AND expires_at > now() AS holds FROM zakops.worker_leases WHERE name = 'outbox'`, [
        sut.owner,
      ])
    )[0];

  it.each(['release', 'resign'] as const)('keeps its second lease when what failed under the first says %s', async (end) => {
    const first = await gained();
    await lose();
    const second = await gained();
    sut.ready(second);
    await sut[end](first);
    expect([sut.fence, await holds()]).toEqual([second, { holds: true }]);
    await sut[end](second);
    expect([sut.fence, await holds()]).toEqual([undefined, { holds: end === 'resign' }]);
  });
});
