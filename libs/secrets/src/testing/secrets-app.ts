import { type DynamicModule, Global, Module } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { DataSource } from 'typeorm';
import { AccessModule } from '@app/access';
import { ClockModule } from '@app/platform/clock';
import { AppConfig, loadConfig } from '@app/platform/config';
import { DatabaseModule } from '@app/platform/database';
import { type AnswerWithBody, startTestApi, withBody } from '../../../../test/support/test-api.js';
import { SecretsHttpModule, SecretsModule } from '../index.js';

export type { AnswerWithBody as Answer };

export interface SecretsApp {
  readonly nest: NestExpressApplication;
  readonly database: DataSource;
  readonly databaseUrl: string;
  call(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<AnswerWithBody>;
  close(): Promise<void>;
}

/** The secrets api on a real server and a database of its own. @param secretsKeys as in SECRETS_KEYS */
export async function startSecretsApp(secretsKeys: string): Promise<SecretsApp> {
  const { nest, testDatabase, call, close } = await startTestApi(({ url }) =>
    TestModule.with({ DATABASE_URL: url, SECRETS_KEYS: secretsKeys }),
  );
  return {
    nest,
    database: nest.get(DataSource, { strict: false }),
    databaseUrl: testDatabase.url,
    call: async (...request) => withBody(await call(...request)),
    close,
  };
}

@Global()
@Module({})
class TestModule {
  static with(environment: Record<string, string>): DynamicModule {
    return {
      module: TestModule,
      imports: [
        ClockModule,
        DatabaseModule.forApp('secrets-test'),
        AccessModule,
        SecretsModule,
        SecretsHttpModule,
      ],
      providers: [{ provide: AppConfig, useValue: loadConfig(environment) }],
      exports: [AppConfig],
    };
  }
}
