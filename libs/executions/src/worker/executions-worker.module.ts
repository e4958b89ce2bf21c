import { Module } from '@nestjs/common';
import { SecretsModule } from '@app/secrets';
import { TargetsModule } from '@app/targets';
import { ExecutionsModule } from '../executions.module.js';
import { CancelWatcher } from './cancel-watcher.js';
import { ClaimsRepository } from './claims.repository.js';
import { ExecutionRunner } from './execution-runner.js';
import { ExecutionProcessor } from './execution.processor.js';
import { JobMetrics } from './job-metrics.js';
import { MessageTaker } from './message-taker.js';
import { OrphanReleaser } from './orphan-releaser.js';
import { RescueRepository } from './rescue.repository.js';
import { RunEvents } from './run-events.js';
import { RunGate } from './run-gate.js';
import { RunLender } from './run-lender.js';
import { RunLogWriter } from './run-log-writer.js';
import { RunsInFlight } from './runs-in-flight.js';
import { ServiceEgress } from './service-egress.js';
import { ServiceStorage } from './service-storage.js';
import { Settler } from './settler.js';
import { WorkerSession } from './worker-session.js';

/** What only the worker app has: it takes executions from the queue and runs them. */
@Module({
  imports: [ExecutionsModule, SecretsModule, TargetsModule],
  providers: [
    WorkerSession,
    ClaimsRepository,
    RescueRepository,
    RunGate,
    RunsInFlight,
    RunLender,
    RunLogWriter,
    RunEvents,
    JobMetrics,
    ServiceEgress,
    ServiceStorage,
    Settler,
    ExecutionRunner,
    MessageTaker,
    CancelWatcher,
    OrphanReleaser,
    ExecutionProcessor,
  ],
  exports: [WorkerSession, RescueRepository, RunEvents, TargetsModule],
})
export class ExecutionsWorkerModule {}
