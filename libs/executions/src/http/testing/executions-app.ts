import { type DynamicModule, Global, type LoggerService, Module, type Type } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AccessModule, AuditHttpModule } from '@app/access';
import { JobsService } from '@app/jobs';
import { ClockModule } from '@app/platform/clock';
import { AppConfig, loadConfig } from '@app/platform/config';
import { DatabaseModule } from '@app/platform/database';
import { QueueModule } from '@app/platform/queue';
import { SecretsHttpModule } from '@app/secrets';
import { type AnswerWithBody, startTestApi, withBody } from '../../../../../test/support/test-api.js';
import type { TestDatabase } from '../../../../../test/support/test-database.js';
import { type QueueBackendUnderTest, testRedisUrl } from '../../../../../test/support/test-redis.js';
import { ExecutionDispatcher } from '../../dispatch/execution-dispatcher.js';
import { ExecutionsService } from '../../executions.service.js';
import { LogsRepository } from '../../history/logs.repository.js';
import { RequestedRunsRepository } from '../../requests/requested-runs.repository.js';
import { ExecutionsWorkerModule } from '../../worker/executions-worker.module.js';
import { StreamPatience } from '../logs/stream-patience.js';
import { ExecutionsHttpModule } from '../executions-http.module.js';

export type { AnswerWithBody as Answer };

export interface ExecutionsApp {
  readonly url: string;
  /** BullMQ's database, for the `postgres` backend. */
  readonly queueUrl: string;
  readonly jobs: JobsService;
  readonly executions: ExecutionsService;
  readonly requestedRuns: RequestedRunsRepository;
  readonly dispatcher: ExecutionDispatcher;
  readonly logs: LogsRepository;
  readonly patience: StreamPatience;
  readonly database: DataSource;
  get<T>(type: Type<T>): T;
  call(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<AnswerWithBody>;
  close(): Promise<void>;
}

/** `api` only takes requests: what it is asked to run stays queued. `api_and_worker` also runs it, in the same process. */
type Role = 'api' | 'api_and_worker';

/** The executions api on a real server, a database of its own and a real queue. */
export async function startExecutionsApp(
  role: Role,
  backend: QueueBackendUnderTest = 'postgres',
  logger: LoggerService | false = false,
  env: Readonly<Record<string, string>> = {},
): Promise<ExecutionsApp> {
  const { nest, testDatabase, url, call, close } = await startTestApi(
    (database) => TestModule.for(role, { ...environmentOf(backend, database), ...env }),
    logger,
  );
  return {
    url,
    queueUrl: testDatabase.queueUrl,
    jobs: nest.get(JobsService, { strict: false }),
    executions: nest.get(ExecutionsService, { strict: false }),
    requestedRuns: nest.get(RequestedRunsRepository, { strict: false }),
    dispatcher: nest.get(ExecutionDispatcher, { strict: false }),
    logs: nest.get(LogsRepository, { strict: false }),
    patience: nest.get(StreamPatience, { strict: false }),
    database: nest.get(DataSource, { strict: false }),
    get: (type) => nest.get(type, { strict: false }),
    call: async (...request) => withBody(await call(...request)),
    close,
  };
}

@Global()
@Module({})
class TestModule {
  static for(role: Role, env: Readonly<Record<string, string>>): DynamicModule {
    return {
      module: TestModule,
      imports: [
        ClockModule,
        DatabaseModule.forApp('executions-test'),
        QueueModule.forApp(),
        AccessModule,
        AuditHttpModule,
        ExecutionsHttpModule,
        SecretsHttpModule,
        ...(role === 'api' ? [] : [ExecutionsWorkerModule]),
      ],
      providers: [{ provide: AppConfig, useValue: loadConfig(env) }],
      exports: [AppConfig],
    };
  }
}

function environmentOf(backend: QueueBackendUnderTest, database: TestDatabase): Record<string, string> {
  return {
    DATABASE_URL: database.url,
    QUEUE_DATABASE_URL: database.queueUrl,
    QUEUE_BACKEND: backend,
    ...(backend === 'redis' && { REDIS_URL: testRedisUrl() ?? '' }),
    COMMAND_TARGETS: 'enabled',
    EGRESS_ALLOW: '127.0.0.1',
    SECRETS_KEYS: `test:${'A'.repeat(43)}=`,
    DRAIN_TIMEOUT_SECONDS: '1',
  };
}
