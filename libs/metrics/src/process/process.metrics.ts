import { Injectable } from '@nestjs/common';
import { readdirSync } from 'node:fs';
import { Metrics } from '../metrics.js';

const MICROSECONDS = 1e6;

/** Processor, memory and files of this process, read at scrape time. */
@Injectable()
export class ProcessMetrics {
  constructor(metrics: Metrics) {
    metrics.counter({
      name: 'zakops_process_cpu_seconds_total',
      help: 'Processor time used, by mode.',
      labelNames: ['mode'],
      collect: (counter) => {
        const { user, system } = process.cpuUsage();
        counter.reset();
        counter.inc({ mode: 'user' }, user / MICROSECONDS);
        counter.inc({ mode: 'system' }, system / MICROSECONDS);
      },
    });
    metrics.gauge({
      name: 'zakops_process_resident_memory_bytes',
      help: 'Memory that the process holds in the machine.',
      collect: (gauge) => {
        gauge.set(process.memoryUsage.rss());
      },
    });
    metrics.gauge({
      name: 'zakops_nodejs_heap_bytes',
      help: 'Memory of JavaScript: used and reserved of the heap, and held outside of it by buffers.',
      labelNames: ['kind'],
      collect: (gauge) => {
        const { heapUsed, heapTotal, external } = process.memoryUsage();
        gauge.set({ kind: 'used' }, heapUsed);
        gauge.set({ kind: 'reserved' }, heapTotal);
        gauge.set({ kind: 'external' }, external);
      },
    });
    metrics
      .gauge({ name: 'zakops_process_start_time_seconds', help: 'When the process began, in seconds since 1970.' })
      .set(Math.round(Date.now() - process.uptime() * 1_000) / 1_000);
    metrics.gauge({
      name: 'zakops_process_open_fds',
      help: 'Open files and sockets; missing where the system does not list them.',
      collect: (gauge) => {
        const open = openFiles();
        if (open === undefined) gauge.remove();
        else gauge.set(open);
      },
    });
  }
}

function openFiles(): number | undefined {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return undefined;
  }
}
