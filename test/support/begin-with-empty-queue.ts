import { beforeAll } from '@jest/globals';
import { flushQueue } from './flush-queue.js';
import { testRedisUrl } from './test-redis.js';

/**
 * Before every integration test file: the files that run in one jest process share its Redis database, and what an
 * earlier one left in the queue would fill it for the next. On Postgres each file has a queue of its own anyway.
 */
beforeAll(async () => {
  if (testRedisUrl() !== null) await flushQueue('redis');
});
