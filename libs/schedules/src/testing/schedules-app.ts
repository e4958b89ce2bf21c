import { type DynamicModule, Global, Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AccessModule, AuditHttpModule } from '@app/access';
import { DEFAULT_RETRY_POLICY, type Job, JobsHttpModule, JobsService } from '@app/jobs';
import { Clock } from '@app/platform/clock';
import { AppConfig, loadConfig } from '@app/platform/config';
import { DatabaseModule } from '@app/platform/database';
import { aCall } from '../../../../test/support/a-job.js';
import { type Answer, startTestApi } from '../../../../test/support/test-api.js';
import { TestClock } from '../../../../test/support/test-clock.js';
import {
  type Leftovers,
  ScheduleLeftovers,
  SchedulePauses,
  SchedulesHttpModule,
  SchedulesRepository,
  SchedulesService,
} from '../index.js';

export type { Answer };

export interface SchedulesApp {
  readonly jobs: JobsService;
  readonly schedules: SchedulesService;
  readonly pauses: SchedulePauses;
  readonly repository: SchedulesRepository;
  readonly database: DataSource;
  readonly clock: TestClock;
  /** What changes have left over so far. */
  readonly leftovers: readonly Leftovers[];
  createJob(): Promise<Job>;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  close(): Promise<void>;
}

/** The schedules and jobs api on a real server and a database of its own. */
export async function startSchedulesApp(): Promise<SchedulesApp> {
  const clock = new TestClock();
  const { nest, call, close } = await startTestApi(({ url }) => TestModule.on(url, clock));
  const leftovers: Leftovers[] = [];
  nest.get(ScheduleLeftovers, { strict: false }).register({
    writeLeftovers: (_tx, _job, left) => {
      leftovers.push(...left);
      return Promise.resolve([]);
    },
  });
  const jobs = nest.get(JobsService, { strict: false });
  return {
    jobs,
    schedules: nest.get(SchedulesService, { strict: false }),
    pauses: nest.get(SchedulePauses, { strict: false }),
    repository: nest.get(SchedulesRepository, { strict: false }),
    database: nest.get(DataSource, { strict: false }),
    clock,
    leftovers,
    createJob: () => createJob(jobs),
    call,
    close,
  };
}

@Global()
@Module({})
class TestModule {
  static on(databaseUrl: string, clock: Clock): DynamicModule {
    return {
      module: TestModule,
      imports: [
        DatabaseModule.forApp('schedules-test'),
        AccessModule,
        AuditHttpModule,
        JobsHttpModule,
        SchedulesHttpModule,
      ],
      providers: [
        { provide: AppConfig, useValue: loadConfig({ DATABASE_URL: databaseUrl }) },
        { provide: Clock, useValue: clock },
      ],
      exports: [AppConfig, Clock],
    };
  }
}

function createJob(jobs: JobsService): Promise<Job> {
  return jobs.create(
    'default',
    aCall('https://example.org/hook', {
      parameters: { fromJob: true },
      retryPolicy: { ...DEFAULT_RETRY_POLICY, maxAttempts: 3 },
      priority: 4,
      maxConcurrency: 7,
    }),
  );
}
