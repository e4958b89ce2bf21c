export type QueueBackendUnderTest = 'postgres' | 'redis';

/** The Redis server that scripts/test.mjs started; null where redis-server is not installed. */
export function testRedisUrl(): string | null {
  return process.env.TEST_REDIS_URL || null;
}

/** For `describe.each`: both backends pass the same tests, Redis where there is one. */
export function queueBackendsUnderTest(): QueueBackendUnderTest[] {
  return testRedisUrl() === null ? ['postgres'] : ['postgres', 'redis'];
}
