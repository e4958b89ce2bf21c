import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { JobsModule } from '@app/jobs';
import { QueueModule } from '@app/platform/queue';
import { BulkOperationEntity } from './bulk/bulk-operation.entity.js';
import { BulkOperationsRepository } from './bulk/bulk-operations.repository.js';
import { DispatchRepository } from './dispatch.repository.js';
import { ExecutionDispatcher } from './execution-dispatcher.js';
import { ExecutionEntity } from './execution.entity.js';
import { EXECUTIONS_QUEUE, ExecutionsQueue } from './executions.queue.js';
import { ExecutionsRepository } from './executions.repository.js';
import { ExecutionsService } from './executions.service.js';
import { GatheredRunsRepository } from './gathered-runs.repository.js';
import { HandOvers } from './hand-overs.js';
import { LogsRepository } from './logs.repository.js';
import { PartitionsRepository } from './partitions.repository.js';
import { QueuePlaces } from './queue-places.js';
import { QueueRoom } from './queue-room.js';
import { RequestedRunsRepository } from './requested-runs.repository.js';
import { RetentionRepository } from './retention.repository.js';
import { StorageRepository } from './storage.repository.js';
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
