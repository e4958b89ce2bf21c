import { randomUUID } from 'node:crypto';
import { Controller, type DynamicModule, Get, Global, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { DataSource } from 'typeorm';
import { ClockModule } from '@app/platform/clock';
import { AppConfig, loadConfig } from '@app/platform/config';
import { DatabaseModule, rowsOf } from '@app/platform/database';
import { configureHttp, HTTP_APP_OPTIONS } from '@app/platform/http';
import { createTestDatabase } from '../../../../../test/support/test-database.js';
import { AccessModule, RequireScopes, ServicesHttpModule } from '../../index.js';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed, or null when there was none. */
  readonly body: Record<string, unknown> | null;
}

export interface ServicesApp {
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** The least of a row that a service can own. */
  insertOwned(table: string, service: string): Promise<void>;
  close(): Promise<void>;
}

const INSERT_OWNED: Readonly<Record<string, string>> = {
  jobs: `INSERT INTO jobs (id, service, name, target, retry_policy, timeout_ms, priority, delivery_guarantee)
         VALUES ($1::uuid, $2, $1::uuid::text, '{}', '{}', 1, 5, 'at_least_once')`,
  calendars: 'INSERT INTO calendars (id, service, name) VALUES ($1::uuid, $2, $1::uuid::text)',
};

/** The services api on a real server and a database of its own, without access control. */
export async function startServicesApp(): Promise<ServicesApp> {
  const testDatabase = await createTestDatabase();
  const nest = await NestFactory.create<NestExpressApplication>(TestModule.on(testDatabase.url), {
    ...HTTP_APP_OPTIONS,
    logger: false,
    abortOnError: false,
  });
  configureHttp(nest);
  await nest.listen(0, '127.0.0.1');
  const url = await nest.getUrl();
  const database = nest.get(DataSource, { strict: false });
  return {
    call: (method, path, body, headers) => call(method, `${url}${path}`, body, headers),
    insertOwned: async (table, service) => {
      await database.query(INSERT_OWNED[table] ?? '', [randomUUID(), service]);
    },
    close: async () => {
      await nest.close();
      await testDatabase.drop();
    },
  };
}

/** Reads as a handler would whose statement forgot the service. */
@Controller('probe')
class ProbeController {
  constructor(private readonly database: DataSource) {}

  @Get('own')
  @RequireScopes('jobs:read')
  own(): Promise<{ services: string[] }> {
    return this.services();
  }

  @Get('all')
  @RequireScopes('service:admin')
  all(): Promise<{ services: string[] }> {
    return this.services();
  }

  private async services(): Promise<{ services: string[] }> {
    const rows = await rowsOf<{ service: string }>(this.database, 'SELECT DISTINCT service FROM jobs');
    return { services: rows.map(({ service }) => service) };
  }
}

@Global()
@Module({})
class TestModule {
  static on(databaseUrl: string): DynamicModule {
    return {
      module: TestModule,
      imports: [ClockModule, DatabaseModule.forApp('services-test'), AccessModule, ServicesHttpModule],
      controllers: [ProbeController],
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
