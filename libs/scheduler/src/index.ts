export { BulkPerformer } from './bulk-performer.js';
export { ExecutionPruner } from './execution-pruner.js';
export { ExecutionRescuer } from './execution-rescuer.js';
export { SchedulerHttpModule } from './explain/scheduler-http.module.js';
export { FiringPlanner } from './firing-planner.js';
export { LeftoverRecorder } from './leftover-recorder.js';
export { QueueReconciler } from './queue-reconciler.js';
export { type FiringRound, ScheduleFirer } from './schedule-firer.js';
export { SchedulerModule } from './scheduler.module.js';
