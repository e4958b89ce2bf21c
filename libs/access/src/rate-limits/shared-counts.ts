import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '@app/platform/clock';
import { AppConfig } from '@app/platform/config';
import { counterConnection, type RedisConnection } from '@app/platform/queue';
import type { Budget, Counted, Counts } from './budget.js';
import { MemoryCounts } from './memory-counts.js';
import { RedisCounts } from './redis-counts.js';

/** After a failure Redis is left alone for so long: a hanging one must not hold every request. */
const PAUSE_MS = 1_000;

/** Counts in Redis, and in this process's memory while Redis is away or where there is none. Never fails. */
@Injectable()
export class SharedCounts implements Counts, OnApplicationShutdown {
  private readonly logger = new Logger(SharedCounts.name);
  private readonly memory: MemoryCounts;
  private readonly redis: RedisCounts | null;
  private readonly connection: RedisConnection | null;
  private pausedUntilMs = 0;

  constructor(
    config: AppConfig,
    private readonly clock: Clock,
  ) {
    this.memory = new MemoryCounts(() => clock.monotonicMs());
    const isUsed = config.authMode !== 'none' && config.queueBackend === 'redis';
    this.connection = isUsed ? counterConnection(config.redis) : null;
    this.connection?.on('error', () => undefined); // Told by the commands that fail.
    this.redis = this.connection && new RedisCounts(this.connection);
  }

  onApplicationShutdown(): void {
    this.connection?.disconnect();
  }

  async take(budgets: readonly Budget[]): Promise<Counted> {
    if (this.redis === null || this.clock.monotonicMs() < this.pausedUntilMs)
      return this.memory.take(budgets);
    try {
      return await this.redis.take(budgets);
    } catch (error) {
      this.pausedUntilMs = this.clock.monotonicMs() + PAUSE_MS;
      this.logger.warn(`Requests are counted by each process alone: ${(error as Error).message}`);
      return this.memory.take(budgets);
    }
  }
}
