import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { lockDataDir } from './instance-lock.js';

describe('lockDataDir', () => {
  let dataDir: string;

  beforeEach(async () => {
    dataDir = await mkdtemp(path.join(tmpdir(), 'lock-'));
  });

  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  function leaveLock(text: string): Promise<void> {
    return writeFile(path.join(dataDir, 'standalone.lock'), text);
  }

  it('refuses a second owner, and names the first', async () => {
    await lockDataDir(dataDir);

    await expect(lockDataDir(dataDir)).rejects.toThrow(`process ${process.pid}`);
  });

  it('is free again after its release', async () => {
    const first = await lockDataDir(dataDir);
    await first.release();

    expect((await lockDataDir(dataDir)).recovered).toBe(false);
  });

  it.each([
    ['a process that is gone', JSON.stringify({ pid: 2 ** 22 + 1, command: 'node scripts/start.mjs' })],
    [
      'a process whose number somebody else has now',
      JSON.stringify({ pid: process.pid, command: 'something else' }),
    ],
    ['a crash in the middle of writing it', '{"pid":'],
  ])('takes over the lock of %s, and says so', async (_, text) => {
    await leaveLock(text);

    expect((await lockDataDir(dataDir)).recovered).toBe(true);
  });
});
