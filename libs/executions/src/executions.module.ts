import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { JobsModule } from '@app/jobs';
import { QueueModule } from '@app/platform/queue';
import { BulkOperationEntity } from './bulk/bulk-operation.entity.js';
import { BulkOperationsRepository } from './bulk/bulk-operations.repository.js';
import { DispatchRepository } from './dispatch/dispatch.repository.js';
import { ExecutionDispatcher } from './dispatch/execution-dispatcher.js';
import { ExecutionEntity } from './execution.entity.js';
import { EXECUTIONS_QUEUE, ExecutionsQueue } from './executions.queue.js';
import { ExecutionsRepository } from './executions.repository.js';
import { ExecutionsService } from './executions.service.js';
import { GatheredRunsRepository } from './requests/gathered-runs.repository.js';
import { HandOvers } from './dispatch/hand-overs.js';
import { LogsRepository } from './history/logs.repository.js';
import { PartitionsRepository } from './history/partitions.repository.js';
import { QueuePlaces } from './dispatch/queue-places.js';
import { QueueRoom } from './dispatch/queue-room.js';
import { RequestedRunsRepository } from './requests/requested-runs.repository.js';
import { RetentionRepository } from './history/retention.repository.js';
import { StorageRepository } from './history/storage.repository.js';
import { WaitingRunsEnder } from './waiting-runs-ender.js';

/** Executions as both apps know them: stored, dispatched, cancelled, retried. */
@Module({
  imports: [
    TypeOrmModule.forFeature([ExecutionEntity, BulkOperationEntity]),
    QueueModule.withQueue(EXECUTIONS_QUEUE),
    JobsModule,
  ],
  providers: [
    ExecutionsRepository,
    DispatchRepository,
    RequestedRunsRepository,
    GatheredRunsRepository,
    ExecutionsQueue,
    QueueRoom,
    QueuePlaces,
    HandOvers,
    ExecutionDispatcher,
    ExecutionsService,
    LogsRepository,
    PartitionsRepository,
    RetentionRepository,
    StorageRepository,
    BulkOperationsRepository,
    WaitingRunsEnder,
  ],
  exports: [
    ExecutionsRepository,
    DispatchRepository,
    ExecutionsQueue,
    QueuePlaces,
    HandOvers,
    ExecutionDispatcher,
    ExecutionsService,
    LogsRepository,
    PartitionsRepository,
    RetentionRepository,
    StorageRepository,
    BulkOperationsRepository,
  ],
})
export class ExecutionsModule {}
