import { Metrics } from '#zakops/metrics';
import { Injectable } from '@nestjs/common';
import { WakeSignal } from '../wake/wake-signal.js';
import { Leadership } from './leadership.js';

/** Whether this worker is the active one, and what wakes it. */
@Injectable()
export class LeaderMetrics {
  constructor(metrics: Metrics, leadership: Leadership, wake: WakeSignal) {
    metrics.gauge({
      name: 'zakops_outbox_leader',
      help: 'Whether this worker is the active one, by its own clock: 1 or 0.',
      collect: (gauge) => {
        gauge.set(leadership.fence === undefined ? 0 : 1);
      },
    });
    metrics.gauge({
      name: 'zakops_outbox_fence',
      help: 'Fencing number of the lease that this worker holds; 0 while it stands by. Grows with every change of the active worker.',
      collect: (gauge) => {
        gauge.set(Number(leadership.fence ?? 0));
      },
    });
    metrics.gauge({
      name: 'zakops_outbox_wake_by_notice',
      help: 'Whether notices of the database wake this worker: 1, or 0 and it polls.',
      collect: (gauge) => {
        gauge.set(wake.mode === 'listen' ? 1 : 0);
      },
    });
  }
}
