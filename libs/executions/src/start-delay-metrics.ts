import { Histogram } from 'prom-client';

/**
 * Where the time goes between the instant a run is scheduled for and its start. `jitter`, `overlap_wait` and
 * `concurrency_wait` were asked for by the schedule or the job; `dispatch_wait` and `queue_wait` are the service's own.
 */
export type DelayPart = 'jitter' | 'overlap_wait' | 'concurrency_wait' | 'dispatch_wait' | 'queue_wait';

const delayParts = new Histogram({
  name: 'scheduler_start_delay_part_seconds',
  help: 'Parts of the start delay: jitter, overlap_wait, concurrency_wait (asked for), dispatch_wait, queue_wait (ours).',
  labelNames: ['part'],
  buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3_600],
});

export function observeDelay(part: DelayPart, seconds: number): void {
  delayParts.observe({ part }, Math.max(0, seconds));
}

export function secondsBetween(from: Date, to: Date): number {
  return (to.getTime() - from.getTime()) / 1_000;
}
