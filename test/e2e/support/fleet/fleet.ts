import path from 'node:path';
import { flushRedis } from '../../../support/flush-queue.js';
import { createTestDatabase, type TestDatabase } from '../../../support/test-database.js';
import { testRedisUrl } from '../../../support/test-redis.js';
import { FleetProcess } from './fleet-process.js';

export const THIS_CODE = path.resolve(import.meta.dirname, '../../../..');

/** What a load balancer waits between two looks at a process's readiness. */
const LOOK_EVERY_MS = 100;
/** Longer than a look may take on a busy machine, which is 2 s; Kubernetes' example has 5. */
const DRAIN_DELAY_SECONDS = '3';
/** Of a Redis server: none of the databases that jest's processes use. */
const REDIS_DATABASE = 15;

/** Apis behind a balancer that asks for their readiness, and workers, on a database of their own. */
export class Fleet {
  private readonly processes = new Set<FleetProcess>();
  private readonly ready = new Set<FleetProcess>();
  /** One look at a time: the late answer of an earlier one would bring back an api that has begun to drain. */
  private readonly lookedAt = new Set<FleetProcess>();
  private turn = 0;
  private readonly looking: NodeJS.Timeout;

  private constructor(
    readonly database: TestDatabase,
    private readonly environment: Readonly<Record<string, string>>,
  ) {
    this.looking = setInterval(() => void this.look(), LOOK_EVERY_MS);
  }

  /** @param variables beyond what every fleet has */
  static async create(variables: Readonly<Record<string, string>> = {}): Promise<Fleet> {
    const database = await createTestDatabase();
    const redis = testRedisUrl()?.replace(/\/\d+$/, `/${REDIS_DATABASE}`);
    // The fleets of all files share that database, and what an earlier one left would be this one's to take.
    if (redis) await flushRedis(redis);
    const queue: Record<string, string> = redis
      ? { QUEUE_BACKEND: 'redis', REDIS_URL: redis }
      : { QUEUE_BACKEND: 'postgres', QUEUE_DATABASE_URL: database.queueUrl };
    return new Fleet(database, {
      DATABASE_URL: database.url,
      ...queue,
      EGRESS_ALLOW: '127.0.0.0/8',
      WORKER_CONCURRENCY: '50',
      DRAIN_DELAY_SECONDS,
      AUTH_MODE: 'none',
      ...variables,
    });
  }

  async add(kind: 'api' | 'worker', root: string = THIS_CODE): Promise<FleetProcess> {
    const process = await FleetProcess.start(root, kind, this.environment);
    this.processes.add(process);
    if (kind === 'api') this.ready.add(process);
    return process;
  }

  /** One after the other: a new one, from `root`, and when it is ready the old one goes. */
  async replaceAll(kind: 'api' | 'worker', root: string = THIS_CODE): Promise<void> {
    const old = [...this.processes].filter((process) => process.kind === kind);
    for (const process of old) {
      await this.add(kind, root);
      await process.stop();
      this.forget(process);
    }
  }

  /** All of them at once, with SIGKILL. */
  async killAll(kind: 'api' | 'worker'): Promise<void> {
    const doomed = [...this.processes].filter((process) => process.kind === kind);
    await Promise.all(doomed.map((process) => process.kill()));
    doomed.forEach((process) => this.forget(process));
  }

  /** Where the balancer sends the next request. */
  nextApiUrl(): string {
    const apis = [...this.ready];
    const api = apis[this.turn++ % apis.length];
    if (!api) throw new Error('no api is ready');
    return api.url;
  }

  /** @throws for an answer that is no success */
  async call<Body>(method: string, path: string, body?: object): Promise<Body> {
    const response = await fetch(this.nextApiUrl() + path, {
      method,
      ...(body && { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
    });
    if (!response.ok)
      throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as Body;
  }

  async stop(): Promise<void> {
    clearInterval(this.looking);
    await Promise.all([...this.processes].map((process) => process.stop()));
    await this.database.drop();
  }

  private async look(): Promise<void> {
    const apis = [...this.processes].filter(
      (process) => process.kind === 'api' && !this.lookedAt.has(process),
    );
    await Promise.all(apis.map((api) => this.lookAt(api)));
  }

  /** One that answers late on a busy machine keeps its place, unless it was told to go: one failed probe costs none. */
  private async lookAt(api: FleetProcess): Promise<void> {
    this.lookedAt.add(api);
    const isReady = await api.isReady().catch((error) => isLate(error as Error) && !api.isStopping);
    this.lookedAt.delete(api);
    if (isReady && this.processes.has(api)) this.ready.add(api);
    else this.ready.delete(api);
  }

  private forget(process: FleetProcess): void {
    this.processes.delete(process);
    this.ready.delete(process);
  }
}

function isLate({ name }: Error): boolean {
  return name === 'TimeoutError';
}
