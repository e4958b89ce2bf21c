import { Counter, Gauge, Histogram } from 'prom-client';

/** How the clockwork is measured. All labels are closed sets. */
export const schedulerMetrics = {
  fired: new Counter({
    name: 'scheduler_fired_total',
    help: 'Rows written for due instants: runs to come (pending), and records of instants that do not run.',
    labelNames: ['state', 'reason'],
  }),
  notRun: new Counter({
    name: 'scheduler_instants_not_run_total',
    help: 'Due instants that ended as a skipped or missed record; a record of many counts each.',
    labelNames: ['state', 'reason'],
  }),
  parked: new Counter({
    name: 'scheduler_schedules_parked_total',
    help: 'Schedules taken off the clock because they cannot be fired.',
  }),
  tickDuration: new Histogram({
    name: 'scheduler_tick_duration_seconds',
    help: 'One round of firing and dispatching.',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  }),
  lastTick: new Gauge({
    name: 'scheduler_last_tick_timestamp_seconds',
    help: 'When the scheduler loop last completed a round.',
  }),
  lastUpkeep: new Gauge({
    name: 'scheduler_upkeep_last_round_timestamp_seconds',
    help: 'When each task of upkeep (rescue, reconcile, bulk, count_storage, prune) last succeeded.',
    labelNames: ['task'],
  }),
  rescued: new Counter({
    name: 'scheduler_rescued_total',
    help: 'Executions taken from dead workers.',
    labelNames: ['state'],
  }),
  sessionsExpired: new Counter({
    name: 'scheduler_sessions_expired_total',
    help: 'Worker sessions whose lease nobody renewed.',
  }),
  reconciled: new Counter({
    name: 'scheduler_reconciled_total',
    help: 'Executions handed to the queue again because it had lost their message.',
  }),
};
