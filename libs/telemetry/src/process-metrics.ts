import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Meters } from './meters.js';

/** Milliseconds between two looks at the event loop. */
const LOOK_MS = 20;
const NANOSECONDS = 1e9;

/** What the process itself costs, and how long its event loop keeps others waiting. */
export function meterProcess(meters: Meters, version: string): void {
  const delay = monitorEventLoopDelay({ resolution: LOOK_MS });
  delay.enable();
  meters.looked(
    {
      dispatch_info: 'Always 1; the version of the code is its label',
      dispatch_event_loop_delay_seconds: 'Delay of the event loop since the last scrape, as quantiles',
      dispatch_process_memory_bytes: 'Resident memory, and the heap in use',
      dispatch_process_cpu_seconds_total: 'Processor time used, user and system',
      dispatch_process_uptime_seconds: 'Seconds since the process started',
    },
    (report) => {
      report('dispatch_info', 1, { version });
      // What it measures is its own timer, which is late by no less than its period.
      const late = (ns: number) => Math.max(0, ns / NANOSECONDS - LOOK_MS / 1_000);
      for (const [quantile, percent] of [
        ['0.5', 50],
        ['0.99', 99],
        ['1', 100],
      ] as const)
        report('dispatch_event_loop_delay_seconds', delay.count > 0 ? late(delay.percentile(percent)) : 0, {
          quantile,
        });
      delay.reset();
      const { rss, heapUsed } = process.memoryUsage();
      report('dispatch_process_memory_bytes', rss, { kind: 'resident' });
      report('dispatch_process_memory_bytes', heapUsed, { kind: 'heap_used' });
      const { user, system } = process.cpuUsage();
      report('dispatch_process_cpu_seconds_total', (user + system) / 1e6);
      report('dispatch_process_uptime_seconds', process.uptime());
    },
  );
}
