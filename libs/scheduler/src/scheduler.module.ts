import { Module } from '@nestjs/common';
import { AuditModule } from '@app/audit';
import { ExecutionsModule, ExecutionsWorkerModule } from '@app/executions';
import { PulseModule } from '@app/platform/health';
import { SchedulesModule } from '@app/schedules';
import { BulkPerformer } from './bulk-performer.js';
import { ExecutionPruner } from './execution-pruner.js';
import { ExecutionRescuer } from './execution-rescuer.js';
import { FiringPlanner } from './firing-planner.js';
import { GoneTargetPauser } from './gone-target-pauser.js';
import { QueueReconciler } from './queue-reconciler.js';
import { ScheduleFirer } from './schedule-firer.js';
import { SchedulerLoop } from './scheduler.loop.js';
import { ServiceHistoryPruner } from './service-history-pruner.js';
import { StorageCounter } from './storage-counter.js';
import { UpkeepLoop } from './upkeep.loop.js';

/** The clockwork. Every worker has one, and any number of them share the work. */
@Module({
  imports: [AuditModule, SchedulesModule, ExecutionsModule, ExecutionsWorkerModule, PulseModule],
  providers: [
    FiringPlanner,
    ScheduleFirer,
    SchedulerLoop,
    ExecutionRescuer,
    QueueReconciler,
    ExecutionPruner,
    ServiceHistoryPruner,
    StorageCounter,
    BulkPerformer,
    GoneTargetPauser,
    UpkeepLoop,
  ],
  exports: [ScheduleFirer],
})
export class SchedulerModule {}
