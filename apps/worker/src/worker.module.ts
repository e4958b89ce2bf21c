import { type DynamicModule, Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ExecutionsModule, ExecutionsQueue, ExecutionsWorkerModule } from '@app/executions';
import { MetricsModule } from '@app/metrics';
import { ClockModule } from '@app/platform/clock';
import { type AppConfig, AppConfigModule } from '@app/platform/config';
import { DatabaseModule } from '@app/platform/database';
import { HealthModule } from '@app/platform/health';
import { QueueConnections, QueueModule } from '@app/platform/queue';
import { TracingModule } from '@app/platform/tracing';
import { SchedulerModule } from '@app/scheduler';
import { TargetRunners } from '@app/targets';
import { readinessChecks } from './readiness-checks.js';

/** Fires, dispatches and runs. Its HTTP port serves health and metrics, nothing else. */
@Module({})
export class WorkerModule {
  static for(config: AppConfig): DynamicModule {
    return {
      module: WorkerModule,
      imports: [
        AppConfigModule,
        ClockModule,
        DatabaseModule.forApp('scheduler-worker'),
        QueueModule.forApp(),
        TracingModule.forApp('scheduler-worker'),
        SchedulerModule,
        HealthModule.register({
          imports: [ExecutionsModule, ExecutionsWorkerModule],
          inject: [DataSource, ExecutionsQueue, QueueConnections, TargetRunners],
          useFactory: readinessChecks,
        }),
        ...(config.metricsEnabled ? [MetricsModule.forApp('open')] : []),
      ],
    };
  }
}
