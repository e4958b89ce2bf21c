import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { aContext, neverAborted, RecordingLog } from '../testing/a-run.js';
import { CommandIsolation } from './command-isolation.js';
import { CommandPolicy } from './command-policy.js';
import { CommandRunner } from './command.runner.js';

const isolation = await CommandIsolation.detect('auto');
const isThere = isolation.inForce === 'namespaces';
if (!isThere) console.error('No PID namespaces here: that commands are isolated is NOT TESTED.');

async function outputOf(script: string, within: CommandIsolation, env = {}): Promise<string> {
  const runner = new CommandRunner(CommandPolicy.load('enabled'), within);
  const target = { type: 'command', command: 'sh', args: ['-c', script], env } as const;
  const { result } = await runner.run(target, aContext(), neverAborted(), new RecordingLog());
  return result?.output ?? '';
}

const EVERY_ENVIRONMENT =
  'cat /proc/[0-9]*/environ 2>/dev/null | tr "\\0" "\\n" | grep ^NEIGHBOUR= || echo none';

(isThere ? describe : describe.skip)('a command in namespaces', () => {
  it('reads the environment of no process of its user but its own, which it could without them', async () => {
    const secret = randomUUID();
    const neighbour = spawn('sleep', ['60'], { env: { ...process.env, NEIGHBOUR: secret } });
    await once(neighbour, 'spawn');
    expect(await outputOf(EVERY_ENVIRONMENT, CommandIsolation.none)).toContain(secret);
    expect(await outputOf(EVERY_ENVIRONMENT, isolation)).toBe('none\n');
    neighbour.kill();
  });

  it('sees no parent, cannot uncover the /proc that was there before, and has no way to trace', async () => {
    expect(await outputOf('echo $PPID; cat /proc/$PPID/environ 2>&1 | head -c 4', isolation)).toBe('0\ncat:');
    expect(await outputOf('umount /proc 2>/dev/null; ls -d /proc/1 /proc/2', isolation)).toBe(
      '/proc/1\n/proc/2\n',
    );
    const [effective] =
      (await outputOf('grep ^CapEff /proc/self/status', isolation)).match(/[\da-f]{16}/) ?? [];
    const sysAdminAndPtrace = (1n << 21n) | (1n << 19n);
    expect(BigInt(`0x${effective}`) & sysAdminAndPtrace).toBe(0n);
  });

  it('has what a loader reads only when it is inside', async () => {
    const env = { LD_LIBRARY_PATH: '/nowhere', PS4: 'x', OWN: '1' };
    expect(await outputOf('echo $LD_LIBRARY_PATH $PS4 $OWN', isolation, env)).toBe('/nowhere x 1\n');
    const { env: outside, args } = isolation.around({
      path: '/bin/true',
      args: [],
      env,
      workDirectory: '/',
      stdin: null,
    });
    expect(outside).toEqual({ OWN: '1' });
    expect(args.slice(-4)).toEqual([
      expect.stringMatching(/env$/),
      'LD_LIBRARY_PATH=/nowhere',
      'PS4=x',
      '/bin/true',
    ]);
  });
});

describe('isolation', () => {
  it('is none where it is off, and changes nothing', async () => {
    const off = await CommandIsolation.detect('off');
    const spec = { path: 'true', args: ['1'], env: {}, workDirectory: '/', stdin: null };
    expect([off.inForce, off.around(spec)]).toEqual(['process_group', spec]);
  });
});
