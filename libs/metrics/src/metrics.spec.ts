import { afterEach, describe, expect, it } from '@jest/globals';
import { AppConfig, AppConfigModule, loadConfig } from '@app/platform/config';
import { ProblemFilter } from '@app/platform/problem';
import { Controller, Get, type INestApplication, Param } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { BuildInfo } from './build-info.js';
import { measureHttp } from './http-metrics.js';
import { METRICS_EXPOSURE, type MetricsExposure } from './metrics.guard.js';
import { MetricsController } from './metrics.controller.js';

@Controller('things')
class ThingsController {
  @Get(':id')
  get(@Param('id') id: string): string {
    return id;
  }
}

let app: INestApplication;

async function start(env: NodeJS.ProcessEnv, exposure: MetricsExposure = 'closed'): Promise<string> {
  const builder = Test.createTestingModule({
    imports: [AppConfigModule],
    controllers: [MetricsController, ThingsController],
    providers: [BuildInfo, { provide: METRICS_EXPOSURE, useValue: exposure }],
  });
  const module = await builder.overrideProvider(AppConfig).useValue(loadConfig(env)).compile();
  app = module.createNestApplication({ logger: false });
  app.useGlobalFilters(new ProblemFilter());
  app.use(measureHttp);
  await app.listen(0, '127.0.0.1');
  return app.getUrl();
}

afterEach(() => app.close());

describe('GET /metrics', () => {
  it('answers in the text format of Prometheus', async () => {
    const response = await fetch(`${await start({})}/metrics`);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    const text = await response.text();
    expect(text).toMatch(/^scheduler_build_info\{version="\d+\.\d+\.\d+",node="v\d+\.\d+\.\d+"\} 1$/m);
  });

  it('counts requests by route template', async () => {
    const url = await start({});
    await Promise.all(['/things/1', '/things/2', '/nothing'].map((path) => fetch(url + path)));
    const text = await (await fetch(`${url}/metrics`)).text();
    expect(text).toMatch(/_count\{method="GET",route="\/things\/:id",status="200"\} 2/);
    expect(text).toMatch(/_count\{method="GET",route="unmatched",status="404"\} 1/);
  });

  it('is gone with METRICS_ENABLED=false', async () => {
    const response = await fetch(`${await start({ METRICS_ENABLED: 'false' })}/metrics`);
    expect(response.status).toBe(404);
  });
});

describe('somebody who asks for metrics', () => {
  const METRICS_TOKEN = 'the token of Prometheus';
  const API = { AUTH_MODE: 'api-key' };

  it.each<[string, NodeJS.ProcessEnv, MetricsExposure, string | null, number]>([
    ['with the token', { ...API, METRICS_TOKEN }, 'closed', METRICS_TOKEN, 200],
    ['with another token', { ...API, METRICS_TOKEN }, 'closed', 'another', 401],
    ['without the token', { ...API, METRICS_TOKEN }, 'closed', null, 401],
    ['without the token that the worker demands', { ...API, METRICS_TOKEN }, 'open', null, 401],
    ['without the token where there is no access control', { METRICS_TOKEN }, 'closed', null, 401],
    ['of an api that has no token', API, 'closed', null, 401],
    ['of a worker that has no token', API, 'open', null, 200],
    ['where there is no access control', {}, 'closed', null, 200],
  ])('%s', async (_how, env, exposure, token, status) => {
    const headers: Record<string, string> = token === null ? {} : { Authorization: `Bearer ${token}` };
    const response = await fetch(`${await start(env, exposure)}/metrics`, { headers });
    expect(response.status).toBe(status);
  });
});
