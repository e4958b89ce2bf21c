import { type DynamicModule, Global, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { DataSource } from 'typeorm';
import { AccessModule, AuditHttpModule } from '@app/access';
import { DEFAULT_RETRY_POLICY, type Job, JobsHttpModule, JobsService } from '@app/jobs';
import { Clock } from '@app/platform/clock';
import { AppConfig, loadConfig } from '@app/platform/config';
import { DatabaseModule } from '@app/platform/database';
import { configureHttp, HTTP_APP_OPTIONS } from '@app/platform/http';
import { createTestDatabase } from '../../../../test/support/test-database.js';
import {
  type Leftovers,
  ScheduleLeftovers,
  SchedulePauses,
  SchedulesHttpModule,
  SchedulesRepository,
  SchedulesService,
} from '../index.js';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed, or null when there was none. */
  readonly body: Record<string, unknown> | null;
}

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

/** Stands still at the time that a test sets; real time until then. */
export class TestClock implements Clock {
  private fixed: Date | null = null;

  set(time: string | null): void {
    this.fixed = time === null ? null : new Date(time);
  }

  now(): Date {
    return this.fixed ?? new Date();
  }

  monotonicMs(): number {
    return performance.now();
  }
}

/** The schedules and jobs api on a real server and a database of its own. */
export async function startSchedulesApp(): Promise<SchedulesApp> {
  const testDatabase = await createTestDatabase();
  const clock = new TestClock();
  const nest = await NestFactory.create<NestExpressApplication>(TestModule.on(testDatabase.url, clock), {
    ...HTTP_APP_OPTIONS,
    logger: false,
    abortOnError: false,
  });
  configureHttp(nest);
  const leftovers: Leftovers[] = [];
  nest.get(ScheduleLeftovers, { strict: false }).register({
    writeLeftovers: (_tx, _job, left) => {
      leftovers.push(...left);
      return Promise.resolve([]);
    },
  });
  await nest.listen(0, '127.0.0.1');
  const url = await nest.getUrl();
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
    call: (method, path, body, headers) => call(method, `${url}${path}`, body, headers),
    close: async () => {
      await nest.close();
      await testDatabase.drop();
    },
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

let made = 0;

function createJob(jobs: JobsService): Promise<Job> {
  return jobs.create('default', {
    name: `job ${++made}`,
    description: '',
    tags: [],
    target: { type: 'http', method: 'POST', url: 'https://example.org/hook' },
    parameters: { fromJob: true },
    retryPolicy: { ...DEFAULT_RETRY_POLICY, maxAttempts: 3 },
    timeoutMs: 10_000,
    priority: 4,
    maxConcurrency: 7,
    deliveryGuarantee: 'at_least_once',
  });
}

async function call(
  method: string,
  url: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: body === undefined ? headers : { 'Content-Type': 'application/json', ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? null : (JSON.parse(text) as Record<string, unknown>),
  };
}
