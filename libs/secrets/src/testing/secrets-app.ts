import { type DynamicModule, Global, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { DataSource } from 'typeorm';
import { AccessModule } from '@app/access';
import { ClockModule } from '@app/platform/clock';
import { AppConfig, loadConfig } from '@app/platform/config';
import { DatabaseModule } from '@app/platform/database';
import { configureHttp, HTTP_APP_OPTIONS, IdempotencyModule } from '@app/platform/http';
import { createTestDatabase } from '../../../../test/support/test-database.js';
import { SecretsHttpModule, SecretsModule } from '../index.js';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

export interface SecretsApp {
  readonly nest: NestExpressApplication;
  readonly database: DataSource;
  readonly databaseUrl: string;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  close(): Promise<void>;
}

/** The secrets api on a real server and a database of its own. @param secretsKeys as in SECRETS_KEYS */
export async function startSecretsApp(secretsKeys: string): Promise<SecretsApp> {
  const testDatabase = await createTestDatabase();
  const module = TestModule.with({ DATABASE_URL: testDatabase.url, SECRETS_KEYS: secretsKeys });
  const options = { ...HTTP_APP_OPTIONS, logger: false, abortOnError: false } as const;
  const nest = await NestFactory.create<NestExpressApplication>(module, options);
  configureHttp(nest);
  await nest.listen(0, '127.0.0.1');
  const url = await nest.getUrl();
  return {
    nest,
    database: nest.get(DataSource, { strict: false }),
    databaseUrl: testDatabase.url,
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
  static with(environment: Record<string, string>): DynamicModule {
    return {
      module: TestModule,
      imports: [
        ClockModule,
        DatabaseModule.forApp('secrets-test'),
        AccessModule,
        IdempotencyModule,
        SecretsModule,
        SecretsHttpModule,
      ],
      providers: [{ provide: AppConfig, useValue: loadConfig(environment) }],
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
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
  };
}
