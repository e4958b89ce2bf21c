import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { waitFor } from '../../support/wait-for.js';
import type { Machine } from './machine.js';

const FLUSH_EVERY_MS = 20;

/** A Redis in memory only, so that a restart is a loss of everything. */
export class RedisServer {
  private child: ChildProcess | null = null;

  constructor(
    private readonly machine: Pick<Machine, 'stopWithUs'>,
    private readonly folder: string,
    readonly port: number,
  ) {}

  /** @param primaryPort to copy from; resolves when all is copied */
  async start(primaryPort?: number): Promise<this> {
    const flags = ['--port', this.port, '--bind', '127.0.0.1', '--dir', this.folder];
    const durability = ['--save', '', '--appendonly', 'no', '--maxmemory-policy', 'noeviction'];
    const role = primaryPort === undefined ? [] : ['--replicaof', '127.0.0.1', primaryPort];
    const args = [...flags, ...durability, ...role].map(String);
    this.child = spawn('redis-server', args, { stdio: 'ignore', detached: true });
    this.machine.stopWithUs(this.child);
    await waitFor(() => this.ask((redis) => redis.ping()), { describe: 'redis-server to answer' });
    if (primaryPort !== undefined)
      await waitFor(() => this.isCopied(), { describe: 'the replica to be in step' });
    return this;
  }

  async promote(): Promise<void> {
    await this.ask((redis) => redis.replicaof('NO', 'ONE'));
  }

  async configure(settings: Readonly<Record<string, string>>): Promise<void> {
    await this.ask(async (redis) => {
      for (const [name, value] of Object.entries(settings)) await redis.config('SET', name, value);
    });
  }

  async kill(): Promise<void> {
    const child = this.child;
    this.child = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  /** Again and again: a message lives in the queue for milliseconds only, and one FLUSHALL may well find none. */
  async flushFor(durationMs: number): Promise<void> {
    const end = performance.now() + durationMs;
    await this.ask(async (redis) => {
      for (; performance.now() < end; await delay(FLUSH_EVERY_MS)) await redis.flushall();
    });
  }

  private async isCopied(): Promise<boolean> {
    return (await this.ask((redis) => redis.info('replication'))).includes('master_link_status:up');
  }

  private async ask<T>(question: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = new Redis({ port: this.port, lazyConnect: true, retryStrategy: () => null });
    redis.on('error', () => undefined);
    try {
      await redis.connect();
      return await question(redis);
    } finally {
      redis.disconnect();
    }
  }
}
