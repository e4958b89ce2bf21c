import { Counter, Histogram } from 'prom-client';
import type { Claim } from '../domain/claim.js';
import type { Attempt } from '../domain/execution.js';
import type { Settlement } from '../domain/settlement.js';

const startDelay = new Histogram({
  name: 'scheduler_start_delay_seconds',
  help: 'From the instant an execution was scheduled for to the start of its first attempt.',
  labelNames: ['trigger'],
  buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3_600],
});

const attemptDuration = new Histogram({
  name: 'scheduler_attempt_duration_seconds',
  help: 'How long one attempt ran.',
  labelNames: ['target_type'],
  buckets: [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 3_600],
});

const attempts = new Counter({
  name: 'scheduler_attempts_total',
  help: 'Attempts settled, by how they ended.',
  labelNames: ['outcome', 'trigger'],
});

const executions = new Counter({
  name: 'scheduler_executions_finished_total',
  help: 'Executions that reached a final state in a worker.',
  labelNames: ['state', 'trigger'],
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
  stale(): void {
    stale.inc();
  },

  started(claim: Claim): void {
    if (claim.attempt > 1) return;
    const delayMs = claim.attemptStartedAt.getTime() - claim.scheduledFor.getTime();
    startDelay.observe({ trigger: claim.trigger }, Math.max(0, delayMs) / 1_000);
  },

  settled(claim: Claim, settlement: Settlement, { outcome }: Attempt): void {
    attempts.inc({ outcome, trigger: claim.trigger });
    if (settlement.type === 'finished') executions.inc({ state: settlement.state, trigger: claim.trigger });
  },

  ran(claim: Claim, elapsedMs: number): void {
    attemptDuration.observe({ target_type: claim.target.type }, elapsedMs / 1_000);
  },

  discarded(): void {
    discarded.inc();
  },
};
