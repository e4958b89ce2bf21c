export type QueueBackendUnderTest = 'postgres' | 'redis';

/**
 * The Redis server that scripts/test.mjs started; null where redis-server is not installed. Test files that run side by
 * side have a database each, by jest's number of their process.
 */
export function testRedisUrl(): string | null {
  const url = process.env.TEST_REDIS_URL;
  return url ? `${url.replace(/\/\d*$/, '')}/${process.env.JEST_WORKER_ID ?? '0'}` : null;
}

/** For `describe.each`: both backends pass the same tests, Redis where there is one. */
export function queueBackendsUnderTest(): QueueBackendUnderTest[] {
  return testRedisUrl() === null ? ['postgres'] : ['postgres', 'redis'];
}
