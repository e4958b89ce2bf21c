import { freePort } from '../../support/free-port.js';
import { AppProcess } from './app-process.js';
import { Equipment, type Need } from './equipment.js';
import type { FakeClock } from './fake-clock.js';
import type { Machine, PostgresServer } from './machine.js';
import type { CampaignOptions } from './options.js';
import { RedisServer } from './redis-server.js';
import { TcpProxy } from './tcp-proxy.js';

/** One process with the two ways it depends on, each of which can be broken for it alone. */
export interface Member {
  readonly app: AppProcess;
  readonly postgres: TcpProxy;
  readonly queue: TcpProxy;
  /** Null where clocks cannot be faked, or no fault of this campaign does. */
  readonly clock: FakeClock | null;
}

/** Everything a campaign runs, and can break. */
export class Site {
  readonly apis: Member[] = [];
  readonly workers: Member[] = [];

  private constructor(
    readonly machine: Machine,
    readonly options: CampaignOptions,
    readonly postgres: PostgresServer,
    private currentRedis: RedisServer,
    readonly equipment: Equipment,
    private readonly extra: Readonly<Record<string, string>>,
  ) {}

  /** @param extra environment of every process */
  static async start(
    machine: Machine,
    options: CampaignOptions,
    needs: ReadonlySet<Need>,
    extra: Readonly<Record<string, string>> = {},
  ): Promise<Site> {
    const equipment = await Equipment.get(machine, needs);
    const postgres = await machine.startPostgres(equipment.postgresDisk?.folder ?? machine.folder);
    const redis = new RedisServer(machine, equipment.redisDisk?.folder ?? machine.folder, await freePort());
    const site = new Site(machine, options, postgres, await redis.start(), equipment, extra);
    try {
      await site.startApps();
      return site;
    } catch (error) {
      await site.stop();
      throw error;
    }
  }

  get redis(): RedisServer {
    return this.currentRedis;
  }

  /** Where the data cluster is. */
  get postgresFolder(): string {
    return this.equipment.postgresDisk?.folder ?? this.machine.folder;
  }

  /** In step with the present primary. */
  async startReplica(): Promise<RedisServer> {
    const folder = this.equipment.redisDisk?.folder ?? this.machine.folder;
    return new RedisServer(this.machine, folder, await freePort()).start(this.redis.port);
  }

  failOverTo(redis: RedisServer): void {
    this.currentRedis = redis;
    for (const { queue } of this.members) queue.switchTo(redis.port);
  }

  get members(): readonly Member[] {
    return [...this.apis, ...this.workers];
  }

  get apiUrls(): string[] {
    return this.apis.map(({ app }) => app.plan.url);
  }

  async stop(): Promise<void> {
    for (const { app, postgres, queue } of this.members) {
      app.signal('SIGCONT');
      await Promise.all([postgres.listen(), queue.listen()]);
    }
    await Promise.all(this.members.map(({ app }) => app.stop()));
    for (const { postgres, queue } of this.members) for (const proxy of [postgres, queue]) proxy.refuse();
    await Promise.all([this.postgres.stop(), this.redis.kill()]);
    await this.machine.unmountAll();
  }

  private async startApps(): Promise<void> {
    await this.machine.prepareDatabases({
      DATABASE_URL: this.postgres.url('scheduler'),
      QUEUE_DATABASE_URL: this.postgres.url('scheduler_queue'),
      QUEUE_BACKEND: 'postgres',
    });
    this.apis.push(await this.member('api', 'api-1'), await this.member('api', 'api-2'));
    for (let number = 1; number <= this.options.workers; number++)
      this.workers.push(await this.member('worker', `worker-${number}`));
    await Promise.all(this.members.map(({ app }) => app.start()));
  }

  private async member(kind: 'api' | 'worker', name: string): Promise<Member> {
    const { backend } = this.options;
    const postgresPort = Number(new URL(this.postgres.url('scheduler')).port);
    const postgres = await new TcpProxy(postgresPort).listen();
    const queue = await new TcpProxy(backend === 'redis' ? this.redis.port : postgresPort).listen();
    const port = await freePort();
    const clock = await this.equipment.clockFor(name);
    const environment = {
      ...clock?.environment,
      ...this.commonEnvironment(),
      DATABASE_URL: throughProxy(this.postgres.url('scheduler'), postgres),
      QUEUE_DATABASE_URL: throughProxy(this.postgres.url('scheduler_queue'), queue),
      REDIS_URL: `redis://127.0.0.1:${queue.port}`,
      [kind === 'api' ? 'PORT' : 'WORKER_PORT']: String(port),
    };
    const app = new AppProcess(this.machine, {
      name,
      kind,
      url: `http://127.0.0.1:${port}`,
      environment,
      onExit: (pid) => clock?.tidyAfter(pid),
    });
    return { app, postgres, queue, clock };
  }

  private commonEnvironment(): Record<string, string> {
    return {
      NODE_ENV: 'test',
      QUEUE_BACKEND: this.options.backend,
      AUTH_MODE: 'none',
      EGRESS_ALLOW: '127.0.0.0/8',
      COMMAND_TARGETS: 'enabled',
      COMMAND_ISOLATION: 'off', // in a namespace of its own no command could kill its worker
      WORKER_CONCURRENCY: '40',
      DRAIN_TIMEOUT_SECONDS: '10',
      LOG_FORMAT: 'text',
      ...this.extra,
    };
  }
}

function throughProxy(url: string, { port }: TcpProxy): string {
  const proxied = new URL(url);
  proxied.port = String(port);
  return proxied.href;
}
