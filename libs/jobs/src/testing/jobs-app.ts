import { type DynamicModule, Global, Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AccessModule } from '@app/access';
import { ClockModule } from '@app/platform/clock';
import { AppConfig, loadConfig } from '@app/platform/config';
import { DatabaseModule } from '@app/platform/database';
import { type Answer, startTestApi } from '../../../../test/support/test-api.js';
import type { TestDatabase } from '../../../../test/support/test-database.js';
import { JobLifecycle, JobsHttpModule, JobsService } from '../index.js';

export type { Answer };

export interface JobsApp {
  readonly jobs: JobsService;
  readonly lifecycle: JobLifecycle;
  readonly database: DataSource;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  close(): Promise<void>;
}

/** The jobs api on a real server and a database of its own. */
export async function startJobsApp(): Promise<JobsApp> {
  const { nest, call, close } = await startTestApi((testDatabase) => TestModule.on(testDatabase));
  return {
    jobs: nest.get(JobsService, { strict: false }),
    lifecycle: nest.get(JobLifecycle, { strict: false }),
    database: nest.get(DataSource, { strict: false }),
    call,
    close,
  };
}

@Global()
@Module({})
class TestModule {
  static on({ url }: TestDatabase): DynamicModule {
    return {
      module: TestModule,
      imports: [ClockModule, DatabaseModule.forApp('jobs-test'), AccessModule, JobsHttpModule],
      providers: [{ provide: AppConfig, useValue: loadConfig({ DATABASE_URL: url }) }],
      exports: [AppConfig],
    };
  }
}
