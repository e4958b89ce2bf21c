import { type DynamicModule, Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ExecutionsModule, ExecutionsQueue } from '@app/executions';
import { MetricsModule } from '@app/metrics';
import { ClockModule } from '@app/platform/clock';
import { type AppConfig, AppConfigModule } from '@app/platform/config';
import { DatabaseModule, databaseReadiness } from '@app/platform/database';
import { HealthModule } from '@app/platform/health';
import { QueueConnections, QueueModule, queueReadiness } from '@app/platform/queue';
import { TracingModule } from '@app/platform/tracing';
import { SchedulerModule } from '@app/scheduler';

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
          imports: [ExecutionsModule],
          inject: [DataSource, ExecutionsQueue, QueueConnections],
          // Without its queue a worker still fires and keeps history.
          useFactory: (dataSource: DataSource, queue: ExecutionsQueue, connections: QueueConnections) => [
            ...databaseReadiness(dataSource),
            queueReadiness(queue, connections),
          ],
        }),
        ...(config.metricsEnabled ? [MetricsModule.forApp('open')] : []),
      ],
    };
  }
}
