import { type DynamicModule, Module } from '@nestjs/common';
import { PrometheusModule } from '@willsoto/nestjs-prometheus';
import { BuildInfo } from './build-info.js';
import { METRICS_EXPOSURE, type MetricsExposure } from './metrics.guard.js';
import { MetricsController } from './metrics.controller.js';

/**
 * `GET /metrics`, the metrics of the process itself and its version. Features declare their own where they measure, as
 * `new Counter(…)` of prom-client: its one registry gathers them all.
 *
 * Only this file imports `@willsoto/nestjs-prometheus`: it is CommonJS and requires Nest, which is ESM, and Jest cannot
 * do that before Node 24.9, where Node itself can since 20.19. Tests of what measures should not need it.
 */
@Module({})
export class MetricsModule {
  static forApp(exposure: MetricsExposure): DynamicModule {
    return {
      module: MetricsModule,
      global: true, // The controller belongs to PrometheusModule, and its guard asks for the exposure there.
      imports: [PrometheusModule.register({ path: '/metrics', controller: MetricsController })],
      providers: [BuildInfo, { provide: METRICS_EXPOSURE, useValue: exposure }],
      exports: [METRICS_EXPOSURE],
    };
  }
}
