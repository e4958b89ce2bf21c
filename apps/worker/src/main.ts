import { Logger } from '@nestjs/common';
import { readConfig } from '@app/platform/config';
import { listen } from '@app/platform/http';
import { exitOnStartupFault, exitWhenParentGoes, StartupFault } from '@app/platform/lifecycle';
import { createLogger } from '@app/platform/logging';
import { redisEvictionFault } from '@app/platform/queue';
import { createWorkerApp } from './create-worker-app.js';

async function main(): Promise<void> {
  exitWhenParentGoes();
  const config = await readConfig();
  const fault = config.queueBackend === 'redis' ? await redisEvictionFault(config) : null;
  if (fault) throw new StartupFault(fault);
  const app = await createWorkerApp(config, createLogger(config));
  const url = await listen(app, config.workerPort, config.workerHost);
  new Logger('worker').log(`runs up to ${config.workerConcurrency} at a time, health and metrics on ${url}`);
}

main().catch(exitOnStartupFault);
