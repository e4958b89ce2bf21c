import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { type BackendFactory, createRedisBackend } from 'bullmq';
import type { PoolConfig } from 'pg';
import { AppConfig } from '@app/platform/config';
import { ANSWER_TIMEOUT_MS, ImpatientClient } from '@app/platform/database';
import { evictionFaultOf } from './eviction-policy.js';
import { createPersistentPostgresBackend } from './persistent-postgres.js';
import { QueueTrouble } from './queue-trouble.js';
import { consumerConnection, producerConnection, type RedisConnection } from './redis-connection.js';

/** The schema of BullMQ's tables, in a database of their own. */
export const QUEUE_SCHEMA = 'bullmq';
/** The braces keep all keys of one queue on one node of a Redis Cluster. */
const QUEUE_PREFIX = '{scheduler}';
const POSTGRES_POOL_SIZE = 6;
/**
 * The queue's commits do not wait for the disk, as Redis does not: what a crash of PostgreSQL takes from it, the reconciler
 * brings back from the executions, whose commits do wait.
 */
const QUEUE_SESSION = '-c synchronous_commit=off';

/** What BullMQ's classes need to know about where the queue lives. */
export interface QueueConnection {
  readonly connection: RedisConnection | (PoolConfig & { readonly schema: string });
  readonly prefix: string;
}

/** Opens the process's connections to the queue, and closes those that BullMQ leaves to their owner. */
@Injectable()
export class QueueConnections implements OnApplicationShutdown {
  private readonly logger = new Logger(QueueConnections.name);
  private readonly opened: RedisConnection[] = [];
  private readonly trouble: QueueTrouble;

  constructor(private readonly config: AppConfig) {
    const redis = config.queueBackend === 'redis' ? config.redis : null;
    this.trouble = new QueueTrouble(redis, (line) => this.logger.warn(line));
  }

  get backendFactory(): BackendFactory {
    // The two factories differ only in the connection they take, and `QueueConnection` is the one that fits.
    return this.config.queueBackend === 'postgres' ? createPersistentPostgresBackend : createRedisBackend;
  }

  /** For adding messages. */
  producer(): QueueConnection {
    return this.open(producerConnection);
  }

  /** For a worker. */
  consumer(): QueueConnection {
    return this.open(consumerConnection);
  }

  /** @returns why this queue must not be relied on; null when it may be. @throws where Redis does not answer */
  async evictionFault(): Promise<string | null> {
    const [connection] = this.opened;
    return connection ? evictionFaultOf(connection) : null;
  }

  /** For the errors of BullMQ, which repeats those of its connection. */
  report(error: Error): void {
    this.trouble.begins(error);
  }

  onApplicationShutdown(): void {
    for (const connection of this.opened) connection.disconnect();
  }

  private open(connect: (redis: AppConfig['redis']) => RedisConnection): QueueConnection {
    return { connection: this.connectionFrom(connect), prefix: QUEUE_PREFIX };
  }

  private connectionFrom(
    connect: (redis: AppConfig['redis']) => RedisConnection,
  ): QueueConnection['connection'] {
    if (this.config.queueBackend === 'postgres') {
      return {
        connectionString: this.config.queueDatabaseUrl,
        schema: QUEUE_SCHEMA,
        max: POSTGRES_POOL_SIZE,
        options: QUEUE_SESSION,
        query_timeout: ANSWER_TIMEOUT_MS,
        Client: ImpatientClient,
      };
    }
    const connection = connect(this.config.redis);
    connection.on('error', (error: Error) => this.trouble.begins(error));
    connection.on('ready', () => this.trouble.isOver());
    this.opened.push(connection);
    return connection;
  }
}
