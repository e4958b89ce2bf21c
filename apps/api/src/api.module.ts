import { Module } from '@nestjs/common';
import { AccessModule, AuditHttpModule, KeysHttpModule, ServicesHttpModule } from '@app/access';
import { ExecutionsHttpModule, ExecutionsModule, ExecutionsQueue } from '@app/executions';
import { JobsHttpModule } from '@app/jobs';
import { MetricsModule } from '@app/metrics';
import { ClockModule } from '@app/platform/clock';
import { AppConfigModule } from '@app/platform/config';
import { DatabaseModule, TenantWallCheck } from '@app/platform/database';
import { HealthModule } from '@app/platform/health';
import { QueueConnections, QueueModule } from '@app/platform/queue';
import { TracingModule } from '@app/platform/tracing';
import { SchedulerHttpModule } from '@app/scheduler';
import { SchedulesHttpModule } from '@app/schedules';
import { SecretsHttpModule } from '@app/secrets';
import { DataSource } from 'typeorm';
import { ConnectionCloser } from './connection-closer.js';
import { readinessChecks } from './readiness-checks.js';
import { RootController } from './root.controller.js';
import { ServeWhileDraining } from './serve-while-draining.js';

/** Who waits for a row keeps a connection from all others: whatever holds it longer, such as the end of a large job, is told of by 503. */
const LOCK_TIMEOUT_MS = 2_000;

/** Composition root of the api: takes requests, keeps them in Postgres, hands runs to the queue. Runs nothing itself. */
@Module({
  imports: [
    AppConfigModule,
    ClockModule,
    DatabaseModule.forApp('scheduler-api', { lockTimeoutMs: LOCK_TIMEOUT_MS }),
    QueueModule.forApp(),
    TracingModule.forApp('scheduler-api'),
    AccessModule,
    AuditHttpModule,
    KeysHttpModule,
    ServicesHttpModule,
    JobsHttpModule,
    SchedulesHttpModule,
    ExecutionsHttpModule,
    SchedulerHttpModule,
    SecretsHttpModule,
    HealthModule.register({
      imports: [ExecutionsModule],
      inject: [DataSource, ExecutionsQueue, QueueConnections],
      useFactory: readinessChecks,
    }),
    MetricsModule.forApp('closed'),
  ],
  controllers: [RootController],
  providers: [TenantWallCheck, ServeWhileDraining, ConnectionCloser],
})
export class ApiModule {}
