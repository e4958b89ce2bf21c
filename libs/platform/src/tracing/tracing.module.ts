import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { AppConfig } from '@app/platform/config';
import { startTracing, stopTracing } from './tracing.js';

const SERVICE_NAME = Symbol('tracing service name');

/** Traces the app that imports it, if OTEL_EXPORTER_OTLP_ENDPOINT says where spans go. */
@Module({})
export class TracingModule implements OnApplicationShutdown {
  constructor(config: AppConfig, @Inject(SERVICE_NAME) name: string) {
    if (config.tracing) startTracing({ ...config.tracing, service: { ...config.service, name } });
  }

  /** @param name what its spans say they come from */
  static forApp(name: string): DynamicModule {
    return { module: TracingModule, providers: [{ provide: SERVICE_NAME, useValue: name }] };
  }

  async onApplicationShutdown(): Promise<void> {
    await stopTracing();
  }
}
