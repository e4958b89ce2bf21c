import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { freePort } from '../support/free-port.js';
import { descendantsOf, survivorsOf } from '../support/process-tree.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { waitFor } from '../support/wait-for.js';

const ROOT = path.dirname(path.dirname(import.meta.dirname));

jest.setTimeout(60_000);

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

describe('an app that npm runs', () => {
  it.each(['api', 'worker'])('ends with it: npm run start:%s and SIGTERM to npm alone', async (app) => {
    const port = await freePort();
    const npm = spawn('npm', ['run', `start:${app}`], {
      cwd: ROOT,
      env: environment(port),
      stdio: 'ignore',
      detached: true,
    });
    const ended = once(npm, 'exit');
    try {
      await waitFor(async () => (await fetch(`http://127.0.0.1:${port}/health/ready`)).ok);
      const processes = descendantsOf(npm.pid ?? 0);
      expect(processes.map(({ command }) => command).join('\n')).toContain(`start-app.mjs ${app}`);

      npm.kill('SIGTERM');

      await ended;
      await waitFor(() => survivorsOf(processes).length === 0, { describe: `the ${app} to end` });
    } finally {
      killGroup(npm.pid);
    }
  });
});

function environment(port: number): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  return {
    PATH,
    HOME,
    PORT: String(port),
    WORKER_PORT: String(port),
    DATABASE_URL: database.url,
    QUEUE_BACKEND: 'postgres',
    QUEUE_DATABASE_URL: database.queueUrl,
    AUTH_MODE: 'none',
  };
}

/** What a failed test leaves. */
function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nothing of it is left, which is what was wanted.
  }
}
