import type { INestApplicationContext } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { ClockModule } from '@app/platform/clock';
import { AppConfig, AppConfigModule, loadConfig } from '@app/platform/config';
import { DatabaseModule } from '@app/platform/database';
import { QueueModule } from '@app/platform/queue';
import { SchedulerModule } from '@app/scheduler';
import type { TestDatabase } from './test-database.js';
import { type QueueBackendUnderTest, testRedisUrl } from './test-redis.js';

/**
 * The worker's modules in this process, on real servers: scheduler, dispatcher and runner, without the HTTP port.
 * Close it with `close()`; it drains as a worker does on SIGTERM.
 */
export async function startWorker(
  database: TestDatabase,
  backend: QueueBackendUnderTest,
  environment: Readonly<Record<string, string>> = {},
): Promise<INestApplicationContext> {
  const module = await Test.createTestingModule({
    imports: [
      AppConfigModule,
      ClockModule,
      DatabaseModule.forApp('worker-under-test'),
      QueueModule.forApp(),
      SchedulerModule,
    ],
  })
    .overrideProvider(AppConfig)
    .useValue(loadConfig(environmentOf(database, backend, environment)))
    .compile();
  module.useLogger(process.env.TEST_LOGS ? ['error', 'warn', 'log'] : false);
  return module.init();
}

function environmentOf(
  database: TestDatabase,
  backend: QueueBackendUnderTest,
  environment: Readonly<Record<string, string>>,
): Record<string, string> {
  return {
    DATABASE_URL: database.url,
    QUEUE_DATABASE_URL: database.queueUrl,
    QUEUE_BACKEND: backend,
    ...(backend === 'redis' && { REDIS_URL: testRedisUrl() ?? '' }),
    EGRESS_ALLOW: '127.0.0.0/8',
    COMMAND_TARGETS: 'enabled',
    WORKER_CONCURRENCY: '20',
    DRAIN_TIMEOUT_SECONDS: '1',
    ...environment,
  };
}
