import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { RedisServer } from '../chaos/campaign/redis-server.js';
import { freePort } from '../support/free-port.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { testRedisUrl } from '../support/test-redis.js';

const ROOT = path.dirname(path.dirname(import.meta.dirname));
const MAIN = path.join(ROOT, 'dist', 'apps', 'worker', 'src', 'main.js');

jest.setTimeout(60_000);

(testRedisUrl() === null ? describe.skip : describe)('a worker and the eviction policy of its Redis', () => {
  let folder: string;
  let redis: RedisServer;
  let database: TestDatabase;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'scheduler-redis-policy-'));
    redis = await new RedisServer({ stopWithUs: () => undefined }, folder, await freePort()).start();
    database = await createTestDatabase();
  });

  afterAll(async () => {
    await redis.kill();
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  it.each(['allkeys-lru', 'volatile-ttl'])('does not start on one that evicts with %s', async (policy) => {
    await redis.configure({ 'maxmemory-policy': policy });
    const { code, output } = await startWorker();
    expect(output).toContain(`Redis evicts with maxmemory-policy ${policy}: set noeviction`);
    expect(code).toBe(1);
  });

  it('starts on one that evicts nothing', async () => {
    await redis.configure({ 'maxmemory-policy': 'noeviction' });
    const { output } = await startWorker(/health and metrics on/);
    expect(output).not.toContain('evicts');
  });

  /** Until it ends, or is ended once it says `enough`. */
  async function startWorker(enough?: RegExp): Promise<{ code: number | null; output: string }> {
    const env = {
      PATH: process.env.PATH,
      DATABASE_URL: database.url,
      REDIS_URL: `redis://127.0.0.1:${redis.port}`,
      QUEUE_BACKEND: 'redis',
      AUTH_MODE: 'none',
      WORKER_PORT: String(await freePort()),
      LOG_FORMAT: 'text',
    };
    const worker = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [worker.stdout, worker.stderr]) {
      stream.on('data', (chunk) => {
        output += String(chunk);
        if (enough?.test(output)) worker.kill('SIGTERM');
      });
    }
    const [code] = (await once(worker, 'close')) as [number | null];
    return { code, output };
  }
});
