import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Outcome } from '../outcome.js';
import { aContext, neverAborted, RecordingLog } from '../testing/a-run.js';
import { CommandIsolation } from './command-isolation.js';
import { CommandPolicy } from './command-policy.js';
import { CommandRunner } from './command.runner.js';

jest.setTimeout(60_000);

/** A user with no other processes: the limit on processes counts all of a user's. */
const LONELY_UID = 54_321;

function processesOf(uid: number): number {
  const isTheirs = (pid: string): boolean => {
    try {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      const isZombie = /^State:\s+Z/m.test(status); // dead, but its parent never reaps it
      return !isZombie && new RegExp(`^Uid:\\s+${uid}\\s`, 'm').test(status);
    } catch {
      return false;
    }
  };
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && isTheirs(name)).length;
}

describe('limits of allowed commands', () => {
  let directory: string;

  beforeAll(() => void (directory = mkdtempSync(join(tmpdir(), 'command-limits-'))));
  afterAll(() => rmSync(directory, { recursive: true }));

  function run(path: string, args: readonly string[], limits: object): Promise<Outcome> {
    const allowListFile = join(directory, 'commands.json');
    writeFileSync(allowListFile, JSON.stringify({ commands: [{ id: 'it', path, args, limits }] }));
    const runner = new CommandRunner(CommandPolicy.load({ allowListFile }), CommandIsolation.none, () => 100);
    const target = { type: 'command', command: 'it' } as const;
    return runner.run(target, aContext({ parameters: {} }), neverAborted(), new RecordingLog());
  }

  it('end a command that computes for too long', async () => {
    const outcome = await run('/bin/sh', ['-c', 'while :; do :; done'], { cpuSeconds: 1 });
    expect(outcome).toMatchObject({
      type: 'failed',
      cause: 'exit_code',
      error: { message: expect.stringMatching(/killed by SIG(XCPU|KILL)/) },
    });
  });

  it('refuse memory and disk beyond them', async () => {
    const memory = await run('/bin/sh', ['-c', 'head -c 200000000 /dev/zero | tail -c 150000000 | wc -c'], {
      memoryBytes: 50_000_000,
    });
    expect(memory.result?.output.trim()).not.toBe('150000000');
    const disk = await run('/bin/sh', ['-c', 'head -c 5000000 /dev/zero > file; wc -c < file'], {
      fileBytes: 1_000_000,
    });
    expect(disk.result?.output.trim()).toBe('1000000');
  });

  const asRoot = process.getuid?.() === 0 ? it : it.skip;

  asRoot('bound a fork bomb, of which nothing is left', async () => {
    // 100 at most, in case the limit fails.
    const bomb = 'n=0; while [ $n -lt 100 ]; do sleep 60 & n=$((n+1)); echo $n; done; wait';
    const args = [
      `--reuid=${LONELY_UID}`,
      `--regid=${LONELY_UID}`,
      '--clear-groups',
      '--',
      '/bin/sh',
      '-c',
      bomb,
    ];
    const outcome = await run('/usr/bin/setpriv', args, { processes: 10 });
    expect(outcome).toMatchObject({ type: 'failed', cause: 'exit_code' });
    expect(Number(outcome.result?.output.trim().split('\n').at(-1))).toBeLessThan(10);
    while (processesOf(LONELY_UID) > 0) await new Promise((resolve) => setImmediate(resolve));
  });

  it('do not hide that a program is not there', async () => {
    expect(await run('/no/such/program', [], { cpuSeconds: 1 })).toMatchObject({
      error: { type: 'command_not_found' },
    });
  });
});
