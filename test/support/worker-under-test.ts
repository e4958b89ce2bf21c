import { ConsoleLogger, type INestApplicationContext, type ModuleMetadata } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { ExecutionsModule } from '@app/executions';
import { Clock, ClockModule } from '@app/platform/clock';
import { AppConfig, AppConfigModule, loadConfig } from '@app/platform/config';
import { DatabaseModule } from '@app/platform/database';
import { QueueModule } from '@app/platform/queue';
import { FiringPlanner, LeftoverRecorder, ScheduleFirer, SchedulerModule } from '@app/scheduler';
import { SchedulesModule } from '@app/schedules';
import type { TestDatabase } from './test-database.js';
import { type QueueBackendUnderTest, testRedisUrl } from './test-redis.js';

/**
 * The worker's modules in this process, on real servers: scheduler, dispatcher and runner, without the HTTP port.
 * Close it with `close()`; it drains as a worker does on SIGTERM.
 */
export function startWorker(
  database: TestDatabase,
  backend: QueueBackendUnderTest,
  environment: Readonly<Record<string, string>> = {},
): Promise<INestApplicationContext> {
  return start({ imports: [SchedulerModule] }, environmentOf(database, backend, environment));
}

/**
 * Firing and dispatching at rest: no loop turns and no message is taken; a test calls the work itself.
 * @param clock in place of the system's
 */
export function startFirer(
  database: TestDatabase,
  backend: QueueBackendUnderTest = 'postgres',
  clock?: Clock,
): Promise<INestApplicationContext> {
  const metadata = {
    imports: [SchedulesModule, ExecutionsModule],
    providers: [FiringPlanner, ScheduleFirer, LeftoverRecorder],
  };
  return start(metadata, environmentOf(database, backend, {}), clock);
}

async function start(
  { imports = [], providers = [] }: ModuleMetadata,
  environment: Readonly<Record<string, string>>,
  clock?: Clock,
): Promise<INestApplicationContext> {
  const platform = [
    AppConfigModule,
    ClockModule,
    DatabaseModule.forApp('worker-under-test'),
    QueueModule.forApp(),
  ];
  const builder = Test.createTestingModule({ imports: [...platform, ...imports], providers })
    .overrideProvider(AppConfig)
    .useValue(loadConfig(environment))
    .setLogger(process.env.TEST_LOGS ? new ConsoleLogger() : SILENT);
  if (clock) builder.overrideProvider(Clock).useValue(clock);
  const module = await builder.compile();
  return module.init();
}

const SILENT = { log: () => undefined, warn: () => undefined, error: () => undefined };

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
