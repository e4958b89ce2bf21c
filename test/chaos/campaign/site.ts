import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { AppProcess } from './app-process.js';
import type { Machine, PostgresServer } from './machine.js';
import type { CampaignOptions } from './options.js';
import { RedisServer } from './redis-server.js';
import { TcpProxy } from './tcp-proxy.js';

/** One process with the two ways it depends on, each of which can be broken for it alone. */
export interface Member {
  readonly app: AppProcess;
  readonly postgres: TcpProxy;
  readonly queue: TcpProxy;
}

/** Everything a campaign runs, and can break. */
export class Site {
  readonly apis: Member[] = [];
  readonly workers: Member[] = [];

  private constructor(
    readonly machine: Machine,
    readonly options: CampaignOptions,
    readonly postgres: PostgresServer,
    readonly redis: RedisServer,
  ) {}

  static async start(machine: Machine, options: CampaignOptions): Promise<Site> {
    const postgres = await machine.startPostgres(machine.folder);
    const redis = await new RedisServer(machine, await freePort()).start();
    const site = new Site(machine, options, postgres, redis);
    try {
      await site.startApps();
      return site;
    } catch (error) {
      await site.stop();
      throw error;
    }
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
    const environment = {
      ...this.commonEnvironment(),
      DATABASE_URL: throughProxy(this.postgres.url('scheduler'), postgres),
      QUEUE_DATABASE_URL: throughProxy(this.postgres.url('scheduler_queue'), queue),
      REDIS_URL: `redis://127.0.0.1:${queue.port}`,
      [kind === 'api' ? 'PORT' : 'WORKER_PORT']: String(port),
    };
    const app = new AppProcess(this.machine, { name, kind, url: `http://127.0.0.1:${port}`, environment });
    return { app, postgres, queue };
  }

  private commonEnvironment(): Record<string, string> {
    return {
      NODE_ENV: 'test',
      QUEUE_BACKEND: this.options.backend,
      AUTH_MODE: 'none',
      EGRESS_ALLOW: '127.0.0.0/8',
      WORKER_CONCURRENCY: '40',
      DRAIN_TIMEOUT_SECONDS: '10',
      LOG_FORMAT: 'text',
    };
  }
}

function throughProxy(url: string, { port }: TcpProxy): string {
  const proxied = new URL(url);
  proxied.port = String(port);
  return proxied.href;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
