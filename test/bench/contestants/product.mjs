/** The product's modules, from the copy of dist/ that this run measures, with a target that does nothing. */
import path from 'node:path';
import { Test } from '@nestjs/testing';

export function fromProduct(file) {
  return import(path.join(process.env.BENCH_DIST, file));
}

/** A worker process without its HTTP port. @param onRun called with the run's context when its handler starts */
export async function startWorker({ backend, concurrency, onRun }) {
  const { SchedulerModule } = await fromProduct('libs/scheduler/src/index.js');
  const { TargetRunners } = await fromProduct('libs/targets/src/index.js');
  return start({ imports: [SchedulerModule] }, { backend, concurrency }, (builder) =>
    builder.overrideProvider(TargetRunners).useValue(noTarget(onRun)),
  );
}

/** Fires and hands over in its loop; nobody takes what is in the queue, so there is no session to tell of each tick. */
export async function startScheduler({ backend }) {
  const { SchedulerLoop } = await fromProduct('libs/scheduler/src/scheduler.loop.js');
  const { WorkerSession } = await fromProduct('libs/executions/src/index.js');
  const { PulseModule } = await fromProduct('libs/platform/src/health/index.js');
  const session = { provide: WorkerSession, useValue: { ticked: () => undefined } };
  const { imports, providers } = await firing(SchedulerLoop, session);
  return start({ imports: [...imports, PulseModule], providers }, { backend });
}

/** Fires when it is told to. */
export async function startFirer() {
  return start(await firing(), { backend: 'postgres' });
}

export async function createJob(app) {
  const { JobsService, DEFAULT_RETRY_POLICY } = await fromProduct('libs/jobs/src/index.js');
  const { id } = await app.get(JobsService, { strict: false }).create('default', {
    name: 'bench',
    description: '',
    tags: [],
    target: { type: 'http', method: 'GET', url: 'http://127.0.0.1/' },
    parameters: {},
    retryPolicy: DEFAULT_RETRY_POLICY,
    timeoutMs: 60_000,
    priority: 5,
    maxConcurrency: null,
    deliveryGuarantee: 'at_least_once',
  });
  return id;
}

async function firing(...more) {
  const { ScheduleFirer } = await fromProduct('libs/scheduler/src/schedule-firer.js');
  const { FiringPlanner } = await fromProduct('libs/scheduler/src/firing-planner.js');
  const { SchedulesModule } = await fromProduct('libs/schedules/src/index.js');
  const { ExecutionsModule } = await fromProduct('libs/executions/src/index.js');
  return {
    imports: [SchedulesModule, ExecutionsModule],
    providers: [FiringPlanner, ScheduleFirer, ...more],
  };
}

async function start(
  { imports, providers = [] },
  { backend, concurrency = 300 },
  change = (builder) => builder,
) {
  Object.assign(process.env, { QUEUE_BACKEND: backend, WORKER_CONCURRENCY: String(concurrency) });
  const { AppConfigModule } = await fromProduct('libs/platform/src/config/index.js');
  const { ClockModule } = await fromProduct('libs/platform/src/clock/index.js');
  const { DatabaseModule } = await fromProduct('libs/platform/src/database/index.js');
  const { QueueModule } = await fromProduct('libs/platform/src/queue/index.js');
  const platform = [AppConfigModule, ClockModule, DatabaseModule.forApp('bench'), QueueModule.forApp()];
  const builder = Test.createTestingModule({ imports: [...platform, ...imports], providers });
  return (await change(builder).setLogger(LOGGER).compile()).init();
}

const LOGGER = { log: () => undefined, warn: console.warn, error: console.error };

function noTarget(onRun) {
  const outcome = { type: 'succeeded', result: { statusCode: 200, output: '', truncated: false } };
  return {
    run: async (_target, context) => {
      onRun(context);
      return outcome;
    },
    close: async () => undefined,
  };
}
