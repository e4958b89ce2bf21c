import { once } from 'node:events';
import type { AppConfig } from '@app/platform/config';
import { producerConnection, type RedisConnection } from './redis-connection.js';

/** The only policy under which Redis never throws queue entries away when memory runs short. */
const REQUIRED_EVICTION_POLICY = 'noeviction';

/** @returns why this Redis must not carry the queue; null when it may, does not tell, or cannot be reached now */
export async function redisEvictionFault(config: Pick<AppConfig, 'redis'>): Promise<string | null> {
  const connection = producerConnection(config.redis);
  try {
    await once(connection, 'ready');
    return await evictionFaultOf(connection);
  } catch {
    return null;
  } finally {
    connection.disconnect();
  }
}

/** @returns as above. @throws where Redis does not answer */
export async function evictionFaultOf(connection: RedisConnection): Promise<string | null> {
  const policy = /^maxmemory_policy:(\S+)/m.exec(await connection.info('memory'))?.[1];
  if (policy === undefined || policy === REQUIRED_EVICTION_POLICY) return null;
  return `Redis evicts with maxmemory-policy ${policy}: set ${REQUIRED_EVICTION_POLICY}, or queued runs are thrown away`;
}
