import { Counter, Gauge, Histogram } from 'prom-client';
import type { Outcome } from '@app/targets';
import type { Claim } from '../domain/claim.js';
import type { Attempt } from '../domain/execution.js';
import { isInLowPriorityLane } from '../domain/priority-lanes.js';
import type { Settlement } from '../domain/settlement.js';
import { observeDelay, secondsBetween } from '../start-delay-metrics.js';

const startDelay = new Histogram({
  name: 'scheduler_start_delay_seconds',
  help: 'From the instant an execution was scheduled for to the start of its first attempt.',
  labelNames: ['trigger'],
  buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3_600],
});

const RUN_BUCKETS = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 3_600];

const attemptDuration = new Histogram({
  name: 'scheduler_attempt_duration_seconds',
  help: 'How long one attempt ran.',
  labelNames: ['target_type'],
  buckets: RUN_BUCKETS,
});

const runDuration = new Histogram({
  name: 'scheduler_run_duration_seconds',
  help: 'From the start of the first attempt to the end of the last, waits between attempts included.',
  labelNames: ['state'],
  buckets: RUN_BUCKETS,
});

const attempts = new Counter({
  name: 'scheduler_attempts_total',
  help: 'Attempts settled, by how they ended.',
  labelNames: ['outcome', 'trigger'],
});

const executions = new Counter({
  name: 'scheduler_executions_finished_total',
  help: 'Executions that reached a final state in a worker, or with the worker that was lost.',
  labelNames: ['state', 'trigger'],
});

const targetCalls = new Counter({
  name: 'scheduler_target_calls_total',
  help: 'Calls of targets, by what came of them: succeeded, the cause of a failure, or the reason of an abort.',
  labelNames: ['target_type', 'result'],
});

const slots = new Gauge({
  name: 'scheduler_worker_slots',
  help: 'Executions that this worker runs (busy), and could run besides (free).',
  labelNames: ['state'],
});

const leasesLost = new Counter({
  name: 'scheduler_leases_lost_total',
  help: 'Leases that this worker could not renew in time; all that it ran was aborted.',
});

const discarded = new Counter({
  name: 'scheduler_results_discarded_total',
  help: 'Results that came after the run had been taken from its worker.',
});

const stale = new Counter({
  name: 'scheduler_stale_messages_total',
  help: 'Queue messages whose claim found nothing to do: cancelled, handed over again, or already claimed.',
});

/** Where a run is measured. All labels are closed sets: their number never grows with the users. */
export const runMetrics = {
  slots(busy: number, concurrency: number): void {
    slots.set({ state: 'busy' }, busy);
    slots.set({ state: 'free' }, Math.max(0, concurrency - busy));
  },

  leaseLost(): void {
    leasesLost.inc();
  },

  stale(): void {
    stale.inc();
  },

  started(claim: Claim): void {
    const { attemptStartedAt, scheduledFor, dueAt, queuedAt, trigger } = claim;
    if (queuedAt && !isInLowPriorityLane(claim.priority))
      observeDelay('queue_wait', secondsBetween(queuedAt, attemptStartedAt));
    if (claim.attempt > 1) return;
    startDelay.observe({ trigger }, Math.max(0, secondsBetween(scheduledFor, attemptStartedAt)));
    if (trigger === 'schedule') observeDelay('jitter', secondsBetween(scheduledFor, dueAt));
  },

  settled(claim: Claim, settlement: Settlement, { outcome, finishedAt }: Attempt): void {
    attempts.inc({ outcome, trigger: claim.trigger });
    if (settlement.type !== 'finished') return;
    const { state } = settlement;
    executions.inc({ state, trigger: claim.trigger });
    runDuration.observe({ state }, secondsBetween(claim.startedAt, new Date(finishedAt)));
  },

  /** Ended by the rescuer: the worker that would have settled is gone. */
  lostForGood(state: string, trigger: string): void {
    executions.inc({ state, trigger });
  },

  ran(claim: Claim, outcome: Outcome, elapsedMs: number): void {
    if (outcome.type === 'uncalled') return; // not called; the circuit counts those of hosts
    const targetType = claim.target.type;
    attemptDuration.observe({ target_type: targetType }, elapsedMs / 1_000);
    targetCalls.inc({ target_type: targetType, result: resultOf(outcome) });
  },

  discarded(): void {
    discarded.inc();
  },
};

function resultOf(outcome: Outcome): string {
  if (outcome.type === 'failed') return outcome.cause;
  return outcome.type === 'aborted' ? outcome.reason.type : outcome.type;
}
