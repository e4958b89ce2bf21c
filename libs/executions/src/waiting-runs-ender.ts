import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { SCHEDULER_ACTOR } from '@app/audit';
import { JobLifecycle, type JobLifecycleListener, type OwnedJob } from '@app/jobs';
import { Clock, newTimeOrderedId } from '@app/platform/clock';
import { BulkOperationsRepository } from './bulk/bulk-operations.repository.js';
import { ExecutionsRepository } from './executions.repository.js';

const ENDED_AT_ONCE = 1_000;

/**
 * Ends what waits of a job that is deleted. Of a large backlog the most is left to a bulk operation: in the deletion's own
 * transaction its rows would stay locked until the last is written, and every worker's claims wait for them (3 s for 80,000).
 * From the deletion on nothing of it starts all the same: a claim takes no run of a deleted job.
 */
@Injectable()
export class WaitingRunsEnder implements OnModuleInit, JobLifecycleListener {
  constructor(
    private readonly lifecycle: JobLifecycle,
    private readonly executions: ExecutionsRepository,
    private readonly operations: BulkOperationsRepository,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.lifecycle.register(this);
  }

  async onJobDeleted(tx: EntityManager, job: OwnedJob): Promise<void> {
    await this.executions.cancelPendingOfJob(tx, job, ENDED_AT_ONCE);
    await this.operations.insertForTheRest(tx, {
      id: newTimeOrderedId(this.clock.now()),
      service: job.service,
      action: 'cancel',
      filter: { jobId: job.id, state: ['pending', 'queued'] },
      reason: 'job_deleted',
      createdBy: SCHEDULER_ACTOR,
      mayRunCommands: false,
    });
  }
}
