import type { LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { measureHttp } from '@app/metrics';
import type { AppConfig } from '@app/platform/config';
import { configureHttp, HTTP_APP_OPTIONS, HttpServerAdapter, readOnlyForStrangers } from '@app/platform/http';
import { WorkerModule } from './worker.module.js';

/** The worker, ready to listen and to run. @throws what keeps it from starting */
export async function createWorkerApp(
  config: AppConfig,
  logger: LoggerService,
): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(
    WorkerModule.for(config),
    new HttpServerAdapter(),
    {
      ...HTTP_APP_OPTIONS,
      logger,
      abortOnError: false,
    },
  );
  app.use(measureHttp);
  configureHttp(app, readOnlyForStrangers);
  app.enableShutdownHooks();
  return app;
}
