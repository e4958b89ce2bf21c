import { type DynamicModule, Global, Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AccessModule } from '@app/access';
import { ExecutionsModule } from '@app/executions';
import { JobsService } from '@app/jobs';
import { Clock } from '@app/platform/clock';
import { AppConfig, loadConfig } from '@app/platform/config';
import { DatabaseModule } from '@app/platform/database';
import { QueueModule } from '@app/platform/queue';
import { SchedulesHttpModule, SchedulesModule } from '@app/schedules';
import { aCall } from '../../../../../test/support/a-job.js';
import { type AnswerWithBody, startTestApi, withBody } from '../../../../../test/support/test-api.js';
import type { TestDatabase } from '../../../../../test/support/test-database.js';
import { TestClock } from '../../../../../test/support/test-clock.js';
import { FiringPlanner } from '../../firing-planner.js';
import { ScheduleFirer } from '../../schedule-firer.js';
import { SchedulerHttpModule } from '../../scheduler-http.module.js';

export type { AnswerWithBody as Answer };

export interface ExplainApp {
  readonly database: DataSource;
  readonly firer: ScheduleFirer;
  readonly jobs: JobsService;
  readonly clock: TestClock;
  createJob(): Promise<string>;
  call(method: string, path: string, body?: unknown): Promise<AnswerWithBody>;
  close(): Promise<void>;
}

/** Schedules and their explanations on a real server and a database of its own; a test fires by itself. */
export async function startExplainApp(): Promise<ExplainApp> {
  const clock = new TestClock();
  const { nest, call, close } = await startTestApi((testDatabase) => TestModule.on(testDatabase, clock));
  const jobs = nest.get(JobsService, { strict: false });
  return {
    database: nest.get(DataSource, { strict: false }),
    firer: nest.get(ScheduleFirer),
    jobs,
    clock,
    createJob: () => createJob(jobs),
    call: async (...request) => withBody(await call(...request)),
    close,
  };
}

@Module({ imports: [ExecutionsModule, SchedulesModule], providers: [FiringPlanner, ScheduleFirer] })
class FirerModule {}

@Global()
@Module({})
class TestModule {
  static on({ url, queueUrl }: TestDatabase, clock: Clock): DynamicModule {
    const environment = { DATABASE_URL: url, QUEUE_DATABASE_URL: queueUrl, QUEUE_BACKEND: 'postgres' };
    return {
      module: TestModule,
      imports: [
        DatabaseModule.forApp('explain-test'),
        QueueModule.forApp(),
        AccessModule,
        ExecutionsModule,
        SchedulesHttpModule,
        SchedulerHttpModule,
        FirerModule,
      ],
      providers: [
        { provide: AppConfig, useValue: loadConfig(environment) },
        { provide: Clock, useValue: clock },
      ],
      exports: [AppConfig, Clock],
    };
  }
}

async function createJob(jobs: JobsService): Promise<string> {
  const { id } = await jobs.create('default', aCall('https://example.org/hook'));
  return id;
}
