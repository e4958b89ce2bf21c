import { Module } from '@nestjs/common';
import { AccessModule } from '@app/access';
import { JobsModule } from '@app/jobs';
import { ExecutionsModule } from '../executions.module.js';
import { BulkOperationsService } from '../bulk/bulk-operations.service.js';
import { BulkOperationsController } from '../bulk/http/bulk-operations.controller.js';
import { HistoryRepository } from '../history/history.repository.js';
import { ExecutionsController } from './executions.controller.js';
import { JobExecutionsController } from './job-executions.controller.js';
import { ExecutionLogsController } from './logs/execution-logs.controller.js';
import { LogFollower } from './logs/log-follower.js';
import { StreamPatience } from './logs/stream-patience.js';
import { AcceptedExecution } from './waiting/accepted-execution.js';
import { CredentialWatch } from './waiting/credential-watch.js';
import { HeldRequests } from './waiting/held-requests.js';

/** What only the api app has: executions over HTTP. */
@Module({
  imports: [ExecutionsModule, JobsModule, AccessModule],
  controllers: [
    JobExecutionsController,
    ExecutionsController,
    ExecutionLogsController,
    BulkOperationsController,
  ],
  providers: [
    HistoryRepository,
    AcceptedExecution,
    HeldRequests,
    CredentialWatch,
    LogFollower,
    StreamPatience,
    BulkOperationsService,
  ],
})
export class ExecutionsHttpModule {}
