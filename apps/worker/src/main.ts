import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { type AppConfig, readConfig } from '@app/platform/config';
import { configureHttp, HTTP_APP_OPTIONS } from '@app/platform/http';
import { exitOnStartupFault, exitWhenParentGoes, StartupFault } from '@app/platform/lifecycle';
import { createLogger } from '@app/platform/logging';
import { redisEvictionFault } from '@app/platform/queue';
import { WorkerModule } from './worker.module.js';

async function main(): Promise<void> {
  const config = await readConfig();
  await refuseEvictingRedis(config);
  const logger = createLogger(config);
  const app = await NestFactory.create<NestExpressApplication>(WorkerModule.for(config), {
    ...HTTP_APP_OPTIONS,
    logger,
  });
  configureHttp(app);
  app.enableShutdownHooks();
  exitWhenParentGoes();
  await app.listen(config.workerPort, config.workerHost);
  logger.log(
    `worker ready: health and metrics on http://${config.workerHost}:${config.workerPort}`,
    'Worker',
  );
}

async function refuseEvictingRedis(config: AppConfig): Promise<void> {
  const fault = config.queueBackend === 'redis' ? await redisEvictionFault(config) : null;
  if (fault) throw new StartupFault(fault);
}

main().catch(exitOnStartupFault);
