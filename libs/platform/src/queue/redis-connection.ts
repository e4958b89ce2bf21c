import type { Cluster, Redis, RedisOptions } from 'ioredis';
import type { RedisConfig } from '@app/platform/config';
import { SteadyCluster, SteadyRedis } from './steady-redis.js';

export type RedisConnection = Redis | Cluster;

/** A black-holed connection fails a hand-over after this long; the rows then go back to Postgres. */
const COMMAND_TIMEOUT_MS = 5_000;
/** Longer than BullMQ blocks (10 s): a connection that owes an answer for so long is dead, whatever TCP believes. */
const SILENCE_MS = 15_000;
const MAX_RECONNECT_DELAY_MS = 2_000;

/** For adding messages: fails at once while Redis is away, because Postgres keeps what could not be handed over. */
export function producerConnection(redis: RedisConfig): RedisConnection {
  return connect(redis, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    commandTimeout: COMMAND_TIMEOUT_MS,
  });
}

/** For counting while a caller waits: what takes longer than this is worse than not counting. */
const COUNTER_TIMEOUT_MS = 250;

/** For counters: fails at once while Redis is away, and soon when it hangs. */
export function counterConnection(redis: RedisConfig): RedisConnection {
  return connect(redis, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COUNTER_TIMEOUT_MS,
    enableAutoPipelining: true, // All who are counted in one turn of the event loop leave in one write.
  });
}

/**
 * For a BullMQ worker, which blocks on Redis and must wait through an outage (BullMQ insists on `null`). Without automatic
 * pipelines, which would spare a tenth of a run: ioredis sends commands again after an outage, but refuses what is left of
 * a pipeline, and a message that Redis had handed over by then waits for its lock to end.
 */
export function consumerConnection(redis: RedisConfig): RedisConnection {
  return connect(redis, { maxRetriesPerRequest: null });
}

function connect(redis: RedisConfig, options: RedisOptions): RedisConnection {
  const redisOptions: RedisOptions = { ...optionsOf(redis), ...options };
  if (!redis.cluster) return new SteadyRedis({ ...redisOptions, retryStrategy: reconnectDelayMs });
  return new SteadyCluster([{ host: redis.host, port: redis.port }], {
    redisOptions,
    enableOfflineQueue: options.enableOfflineQueue ?? true,
    clusterRetryStrategy: reconnectDelayMs,
  });
}

function optionsOf(redis: RedisConfig): RedisOptions {
  return {
    host: redis.host,
    port: redis.port,
    socketTimeout: SILENCE_MS,
    db: redis.db,
    ...(redis.username !== null && { username: redis.username }),
    ...(redis.password !== null && { password: redis.password }),
    ...(redis.tls && { tls: { servername: redis.host } }),
  };
}

function reconnectDelayMs(retries: number): number {
  return Math.min(retries * 100, MAX_RECONNECT_DELAY_MS);
}
