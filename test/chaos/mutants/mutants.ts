import type { CampaignOptions, QueueBackend } from '../campaign/options.js';
import type { VerdictClass } from '../checker/verdict.js';

/** A change of one text in one file of the built product; the text must stand there exactly so many times. */
export interface Patch {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** Default 1. */
  readonly times?: number;
}

/** The product with one safeguard taken out, and the faults against which that safeguard stands. */
export interface Mutant {
  readonly name: string;
  readonly patches: readonly Patch[];
  readonly sql?: string;
  readonly faults: readonly string[];
  readonly minutes: number;
  /** One of these has to be found; none for a safeguard behind which another one stands. */
  readonly expected: readonly VerdictClass[];
}

const LOCK_DUE: Patch = {
  file: 'libs/schedules/src/schedules.sql.js',
  find: 'FOR UPDATE SKIP LOCKED',
  replace: '',
  // Live schedules, late ones, and one alone.
  times: 3,
};

export function mutantsFor(backend: QueueBackend): readonly Mutant[] {
  const queueLoss = backend === 'redis' ? 'redis-flush' : 'queue-truncate';
  return [
    { name: 'no row lock', patches: [LOCK_DUE], faults: ['api-kill'], minutes: 0.75, expected: [] },
    {
      // The row lock alone keeps two workers from one slot, so both go.
      name: 'no unique slot',
      patches: [LOCK_DUE],
      sql: 'DROP INDEX executions_slot',
      faults: ['api-kill'],
      minutes: 0.75,
      expected: ['DUP-ROW'],
    },
    {
      name: 'no fence',
      patches: [
        {
          file: 'libs/executions/src/worker/claims.sql.js',
          find: "AND e.delivery = m.delivery AND e.session_id = m.session_id\n    AND e.state = 'running'",
          replace: '',
        },
      ],
      faults: ['stalls-20s-before-settle'],
      minutes: 1.5,
      expected: ['FENCE-BREACH'],
    },
    {
      name: 'no drain',
      patches: [
        {
          file: 'libs/executions/src/worker/execution.processor.js',
          find: 'await this.taker.drain();',
          replace: '',
        },
      ],
      faults: ['rolling-restart'],
      minutes: 1.25,
      expected: ['FALSE-FAILURE', 'DUP-AFTER-SUCCESS', 'OVERLAP', 'LOST'],
    },
    {
      name: 'no reconciler',
      patches: [
        {
          file: 'libs/scheduler/src/queue-reconciler.js',
          find: 'async reconcile() {',
          replace: 'async reconcile() { return 0;',
        },
      ],
      faults: [queueLoss],
      minutes: 1,
      expected: ['LATE', 'VERY-LATE', 'STUCK'],
    },
    {
      name: 'no rescuer',
      patches: [
        {
          file: 'libs/scheduler/src/execution-rescuer.js',
          find: 'async rescueLost() {',
          replace: 'async rescueLost() { return 0;',
        },
      ],
      faults: ['worker-kill'],
      minutes: 1,
      expected: ['STUCK'],
    },
    {
      name: "this machine's clock",
      patches: [
        {
          file: 'libs/platform/src/clock/database-clock.js',
          find: 'return new Date(this.epochMs + performance.now())',
          replace: 'return new Date()',
        },
      ],
      faults: ['api-clock-ahead', 'api-clock-behind'],
      minutes: 1.25,
      expected: ['EARLY', 'VERY-LATE'],
    },
    {
      name: 'no circuit',
      patches: [
        { file: 'libs/targets/src/domain/circuit.js', find: 'failures < limit ?', replace: 'true ?' },
      ],
      faults: ['target-away'],
      minutes: 1,
      expected: ['LOST'],
    },
  ];
}

export function campaignOf(mutant: Mutant, options: CampaignOptions): CampaignOptions {
  return { ...options, minutes: mutant.minutes, faults: mutant.faults };
}
