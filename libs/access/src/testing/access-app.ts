import { Controller, type DynamicModule, Get, Global, Module, Post, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { DataSource } from 'typeorm';
import { Public } from '@app/platform/access-rule';
import { Clock } from '@app/platform/clock';
import { AppConfig, loadConfig } from '@app/platform/config';
import { DatabaseModule } from '@app/platform/database';
import { configureHttp, HTTP_APP_OPTIONS, HttpServerAdapter } from '@app/platform/http';
import { ShiftedClock } from '../../../../test/support/shifted-clock.js';
import { type AnswerWithBody, callApi, withBody } from '../../../../test/support/test-api.js';
import { AccessModule } from '../access.module.js';
import { AuditHttpModule } from '../audit/http/audit-http.module.js';
import { Admission } from '../admission.js';
import { scopesOf } from '../domain/scopes.js';
import type { FreshKey, KeySpec } from '../keys/api-key.js';
import { KeysHttpModule } from '../keys/http/keys-http.module.js';
import { KeysService } from '../keys/keys.service.js';
import { CurrentPrincipal, type Principal } from '../principal.js';
import { AnyPrincipal, RequireScopes } from '../require-scopes.js';
import { ServicesHttpModule } from '../services/http/services-http.module.js';

export const PEPPER = 'the pepper of the tests, 32 bytes and more';

export type { AnswerWithBody as Answer };

export type RequestHeaders = Readonly<Record<string, string>>;

export interface AccessApp {
  readonly url: string;
  readonly database: DataSource;
  readonly clock: ShiftedClock;
  get<T>(type: Type<T>): T;
  /** A key of a service, as somebody with the database makes it. */
  issue(spec?: Partial<KeySpec>, service?: string): Promise<FreshKey>;
  call(method: string, path: string, headers?: RequestHeaders, body?: unknown): Promise<AnswerWithBody>;
  close(): Promise<void>;
}

/** One route for each rule, and one that was forgotten. */
@Controller()
class RoutesController {
  @Get('whoami')
  @AnyPrincipal()
  whoami(@CurrentPrincipal() { service, actor, scopes }: Principal) {
    return { service, actor, scopes: [...scopes] };
  }

  @Get('jobs')
  @RequireScopes('jobs:read')
  read() {
    return { read: true };
  }

  @Post('jobs')
  @RequireScopes('jobs:write')
  write() {
    return { written: true };
  }

  @Get('forgotten')
  forgotten() {
    return {};
  }

  @Get('health/live')
  @Public()
  live() {
    return { status: 'ok' };
  }
}

/** The access library on a real server. Two of them on one database are two processes of the api. */
export async function startAccessApp(databaseUrl: string, env: NodeJS.ProcessEnv = {}): Promise<AccessApp> {
  const clock = new ShiftedClock();
  const config = loadConfig({
    AUTH_MODE: 'api-key',
    API_KEY_PEPPER: PEPPER,
    QUEUE_BACKEND: 'postgres',
    DATABASE_URL: databaseUrl,
    ...env,
  });
  const nest = await NestFactory.create<NestExpressApplication>(
    TestModule.on(config, clock),
    new HttpServerAdapter(),
    {
      ...HTTP_APP_OPTIONS,
      logger: false,
      abortOnError: false,
    },
  );
  nest.set('trust proxy', config.trustProxy);
  configureHttp(nest, nest.get(Admission, { strict: false }).middleware);
  await nest.listen(0, '127.0.0.1');
  const url = await nest.getUrl();
  const get = <T>(type: Type<T>): T => nest.get(type, { strict: false });
  return {
    url,
    database: get(DataSource),
    clock,
    get,
    issue: (spec, service) => issue(get(KeysService), spec, service),
    call: async (method, path, headers, body) =>
      withBody(await callApi(method, `${url}${path}`, body, headers)),
    close: () => nest.close(),
  };
}

@Global()
@Module({})
class TestModule {
  static on(config: AppConfig, clock: Clock): DynamicModule {
    return {
      module: TestModule,
      imports: [
        DatabaseModule.forApp('access-test'),
        AccessModule,
        AuditHttpModule,
        KeysHttpModule,
        ServicesHttpModule,
      ],
      controllers: [RoutesController],
      providers: [
        { provide: AppConfig, useValue: config },
        { provide: Clock, useValue: clock },
      ],
      exports: [AppConfig, Clock],
    };
  }
}

function issue(keys: KeysService, spec: Partial<KeySpec> = {}, service = 'default'): Promise<FreshKey> {
  const scopes = scopesOf({ role: 'admin' });
  return keys.createFirst(service, { name: 'a key', scopes, allowedCidrs: [], expiresAt: null, ...spec });
}

export function bearer(text: string): RequestHeaders {
  return { Authorization: `Bearer ${text}` };
}
