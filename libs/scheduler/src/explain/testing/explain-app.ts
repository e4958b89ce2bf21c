import { type DynamicModule, Global, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { DataSource } from 'typeorm';
import { AccessModule } from '@app/access';
import { ExecutionsModule } from '@app/executions';
import { DEFAULT_RETRY_POLICY, JobsService } from '@app/jobs';
import { Clock } from '@app/platform/clock';
import { AppConfig, loadConfig } from '@app/platform/config';
import { DatabaseModule } from '@app/platform/database';
import { configureHttp, HTTP_APP_OPTIONS } from '@app/platform/http';
import { QueueModule } from '@app/platform/queue';
import { SchedulesHttpModule, SchedulesModule } from '@app/schedules';
import { createTestDatabase, type TestDatabase } from '../../../../../test/support/test-database.js';
import { ScheduleFirer } from '../../schedule-firer.js';
import { SchedulerHttpModule } from '../scheduler-http.module.js';

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

export interface ExplainApp {
  readonly database: DataSource;
  readonly firer: ScheduleFirer;
  readonly jobs: JobsService;
  readonly clock: TestClock;
  createJob(): Promise<string>;
  call(method: string, path: string, body?: unknown): Promise<Answer>;
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

/** Schedules and their explanations on a real server and a database of its own; a test fires by itself. */
export async function startExplainApp(): Promise<ExplainApp> {
  const testDatabase = await createTestDatabase();
  const clock = new TestClock();
  const nest = await NestFactory.create<NestExpressApplication>(TestModule.on(testDatabase, clock), {
    ...HTTP_APP_OPTIONS,
    logger: false,
    abortOnError: false,
  });
  configureHttp(nest);
  await nest.listen(0, '127.0.0.1');
  const url = await nest.getUrl();
  const jobs = nest.get(JobsService, { strict: false });
  return {
    database: nest.get(DataSource, { strict: false }),
    firer: nest.get(ScheduleFirer),
    jobs,
    clock,
    createJob: () => createJob(jobs),
    call: (method, path, body) => call(method, `${url}${path}`, body),
    close: async () => {
      await nest.close();
      await testDatabase.drop();
    },
  };
}

@Module({ imports: [ExecutionsModule, SchedulesModule], providers: [ScheduleFirer] })
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

let made = 0;

async function createJob(jobs: JobsService): Promise<string> {
  const { id } = await jobs.create('default', {
    name: `job ${++made}`,
    description: '',
    tags: [],
    target: { type: 'http', method: 'POST', url: 'https://example.org/hook' },
    parameters: {},
    retryPolicy: DEFAULT_RETRY_POLICY,
    timeoutMs: 10_000,
    priority: 5,
    maxConcurrency: null,
    deliveryGuarantee: 'at_least_once',
  });
  return id;
}

async function call(method: string, url: string, body?: unknown): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) };
}
