import { afterEach, describe, expect, it } from '@jest/globals';
import { AppConfig, AppConfigModule, loadConfig } from '@app/platform/config';
import { Controller, Get, type INestApplication, Param } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { BuildInfo } from './build-info.js';
import { measureHttp } from './http-metrics.js';
import { MetricsController } from './metrics.controller.js';

@Controller('things')
class ThingsController {
  @Get(':id')
  get(@Param('id') id: string): string {
    return id;
  }
}

let app: INestApplication;

async function start(env: NodeJS.ProcessEnv): Promise<string> {
  const builder = Test.createTestingModule({
    imports: [AppConfigModule],
    controllers: [MetricsController, ThingsController],
    providers: [BuildInfo],
  });
  const module = await builder.overrideProvider(AppConfig).useValue(loadConfig(env)).compile();
  app = module.createNestApplication({ logger: false });
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
