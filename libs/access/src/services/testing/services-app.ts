import { randomUUID } from 'node:crypto';
import { Controller, type DynamicModule, Get, Global, Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ClockModule } from '@app/platform/clock';
import { AppConfig, loadConfig } from '@app/platform/config';
import { DatabaseModule, rowsOf } from '@app/platform/database';
import { type Answer, startTestApi } from '../../../../../test/support/test-api.js';
import type { TestDatabase } from '../../../../../test/support/test-database.js';
import { AccessModule, RequireScopes, ServicesHttpModule } from '../../index.js';

export type { Answer };

export interface ServicesApp {
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** The least of a row that a service can own. */
  insertOwned(table: string, service: string): Promise<void>;
  close(): Promise<void>;
}

const INSERT_OWNED: Readonly<Record<string, string>> = {
  audit_events: `INSERT INTO audit_events (id, service, actor, action, resource_type, resource_id)
                 VALUES ($1::uuid, $2, 'ann', 'job.created', 'job', $1::uuid::text)`,
  jobs: `INSERT INTO jobs (id, service, name, target, retry_policy, timeout_ms, priority, delivery_guarantee)
         VALUES ($1::uuid, $2, $1::uuid::text, '{}', '{}', 1, 5, 'at_least_once')`,
  calendars: 'INSERT INTO calendars (id, service, name) VALUES ($1::uuid, $2, $1::uuid::text)',
  api_keys: `INSERT INTO api_keys (id, service, name, scopes, secret_hash, created_by)
             VALUES ($1::uuid, $2, 'a key', '{jobs:read}', decode(repeat('00', 32), 'hex'), 'a test')`,
};

/** The services api on a real server and a database of its own, without access control. */
export async function startServicesApp(): Promise<ServicesApp> {
  const { nest, call, close } = await startTestApi((testDatabase) => TestModule.on(testDatabase));
  const database = nest.get(DataSource, { strict: false });
  return {
    call,
    insertOwned: async (table, service) => {
      await database.query(INSERT_OWNED[table] ?? '', [randomUUID(), service]);
    },
    close,
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
  static on({ url }: TestDatabase): DynamicModule {
    return {
      module: TestModule,
      imports: [ClockModule, DatabaseModule.forApp('services-test'), AccessModule, ServicesHttpModule],
      controllers: [ProbeController],
      providers: [{ provide: AppConfig, useValue: loadConfig({ DATABASE_URL: url }) }],
      exports: [AppConfig],
    };
  }
}
