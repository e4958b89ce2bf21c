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
import { waitFor } from '../support/wait-for.js';

const ROOT = path.dirname(path.dirname(import.meta.dirname));
const mainOf = (app: string): string => path.join(ROOT, 'dist', 'apps', app, 'src', 'main.js');

jest.setTimeout(60_000);

(testRedisUrl() === null ? describe.skip : describe)(
  'processes and the eviction policy of their Redis',
  () => {
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

    it.each(['allkeys-lru', 'volatile-ttl'])(
      'a worker does not start on one that evicts with %s',
      async (policy) => {
        await redis.configure({ 'maxmemory-policy': policy });
        const { code, output } = await startWorker();
        expect(output).toContain(`Redis evicts with maxmemory-policy ${policy}: set noeviction`);
        expect(code).toBe(1);
      },
    );

    it('a worker starts on one that evicts nothing', async () => {
      await redis.configure({ 'maxmemory-policy': 'noeviction' });
      const { output } = await startWorker(/health and metrics on/);
      expect(output).not.toContain('evicts');
    });

    it('a worker whose Redis is not there says where it looked, in one line and no stack, and ends when told to', async () => {
      const env = {
        ...environment(),
        REDIS_URL: 'redis://127.0.0.1:1',
        WORKER_PORT: String(await freePort()),
      };
      const worker = spawn(process.execPath, [mainOf('worker')], { env, stdio: ['ignore', 'pipe', 'pipe'] });
      let output = '';
      for (const stream of [worker.stdout, worker.stderr])
        stream.on('data', (chunk) => (output += String(chunk)));
      try {
        await waitFor(() => output.includes('health and metrics on'));
        // It tries again every 100 ms at first.
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        worker.kill('SIGTERM');
        await once(worker, 'close', { signal: AbortSignal.timeout(20_000) });
      } finally {
        worker.kill('SIGKILL');
      }
      expect(output.match(/Redis at 127\.0\.0\.1:1 does not answer .*REDIS_HOST/g)).toHaveLength(1);
      expect(output.match(/ECONNREFUSED/g)).toHaveLength(1);
      expect(output).not.toMatch(/^ +at /m);
    });

    it.each(['api', 'worker'])('an %s says so when its Redis begins to evict, and goes on', async (app) => {
      await redis.configure({ 'maxmemory-policy': 'noeviction' });
      const port = String(await freePort());
      const child = spawn(process.execPath, [mainOf(app)], {
        env: { ...environment(), PORT: port, WORKER_PORT: port },
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
      try {
        await waitFor(async () => (await queueOf(port)).status === 'up', { timeoutMs: 50_000 });
        await redis.configure({ 'maxmemory-policy': 'allkeys-lru' });
        const message = expect.stringContaining('evicts with maxmemory-policy allkeys-lru: set noeviction');
        // What was found is shared for a second.
        await waitFor(async () => (await queueOf(port)).status !== 'up');
        expect(await queueOf(port)).toEqual({ answered: 200, status: 'degraded', message });
      } finally {
        child.kill('SIGKILL');
        await once(child, 'close');
      }
    });

    async function queueOf(port: string): Promise<{ answered: number; status: string }> {
      const response = await fetch(`http://127.0.0.1:${port}/health/ready`);
      const { details } = (await response.json()) as { details: { queue: { status: string } } };
      return { answered: response.status, ...details.queue };
    }

    /** Until it ends, or is ended once it says `enough`. */
    async function startWorker(enough?: RegExp): Promise<{ code: number | null; output: string }> {
      const env = { ...environment(), WORKER_PORT: String(await freePort()) };
      const worker = spawn(process.execPath, [mainOf('worker')], { env, stdio: ['ignore', 'pipe', 'pipe'] });
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

    function environment(): NodeJS.ProcessEnv {
      return {
        PATH: process.env.PATH,
        DATABASE_URL: database.url,
        REDIS_URL: `redis://127.0.0.1:${redis.port}`,
        QUEUE_BACKEND: 'redis',
        AUTH_MODE: 'none',
        LOG_FORMAT: 'text',
      };
    }
  },
);
