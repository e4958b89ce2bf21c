import { type DynamicModule, Global, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { DataSource } from 'typeorm';
import { AccessModule } from '@app/access';
import { ClockModule } from '@app/platform/clock';
import { AppConfig, loadConfig } from '@app/platform/config';
import { DatabaseModule } from '@app/platform/database';
import { configureHttp, HTTP_APP_OPTIONS } from '@app/platform/http';
import { createTestDatabase } from '../../../../test/support/test-database.js';
import { JobLifecycle, JobsHttpModule, JobsService } from '../index.js';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed, or null when there was none. */
  readonly body: Record<string, unknown> | null;
}

export interface JobsApp {
  readonly jobs: JobsService;
  readonly lifecycle: JobLifecycle;
  readonly database: DataSource;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  close(): Promise<void>;
}

/** The jobs api on a real server and a database of its own. */
export async function startJobsApp(): Promise<JobsApp> {
  const testDatabase = await createTestDatabase();
  const nest = await NestFactory.create<NestExpressApplication>(TestModule.on(testDatabase.url), {
    ...HTTP_APP_OPTIONS,
    logger: false,
    abortOnError: false,
  });
  configureHttp(nest);
  await nest.listen(0, '127.0.0.1');
  const url = await nest.getUrl();
  return {
    jobs: nest.get(JobsService, { strict: false }),
    lifecycle: nest.get(JobLifecycle, { strict: false }),
    database: nest.get(DataSource, { strict: false }),
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
  static on(databaseUrl: string): DynamicModule {
    return {
      module: TestModule,
      imports: [ClockModule, DatabaseModule.forApp('jobs-test'), AccessModule, JobsHttpModule],
      providers: [{ provide: AppConfig, useValue: loadConfig({ DATABASE_URL: databaseUrl }) }],
      exports: [AppConfig],
    };
  }
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
