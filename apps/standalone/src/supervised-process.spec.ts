import { spawn } from 'node:child_process';
import { afterEach, describe, expect, it } from '@jest/globals';
import { waitFor } from '../../../test/support/wait-for.js';
import { type ProcessPlan, restartDelayMs, SupervisedProcess } from './supervised-process.js';

const never = new AbortController().signal;

describe('restartDelayMs', () => {
  it('doubles from one second to half a minute', () => {
    expect([1, 2, 3, 4, 5, 6, 20].map(restartDelayMs)).toEqual([
      1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000,
    ]);
  });
});

describe('SupervisedProcess', () => {
  let supervised: SupervisedProcess;

  afterEach(() => supervised.stop());

  function planOf(isReady: () => Promise<boolean>, graceMs = 5_000): Omit<ProcessPlan, 'launch'> {
    const stopSignal = 'SIGTERM';
    return { name: 'example', isReady, outputAt: 'its log', stopSignal, graceMs, report: () => undefined };
  }

  function supervise(script: string, ...plan: Parameters<typeof planOf>): SupervisedProcess {
    const launch = () => spawn(process.execPath, ['-e', script], { stdio: 'ignore' });
    supervised = new SupervisedProcess({ ...planOf(...plan), launch });
    return supervised;
  }

  it('takes an end before it was ready for a fault of the set-up', async () => {
    const start = supervise('process.exit(7)', () => Promise.resolve(false)).start(never);

    await expect(start).rejects.toThrow(
      'example ended (exit code 7) before it was ready. The reason is in its log.',
    );
  });

  it('stops waiting when the start is interrupted', async () => {
    const interrupted = AbortSignal.timeout(50);

    const start = supervise('setInterval(() => {}, 1000)', () => Promise.resolve(false)).start(interrupted);

    await expect(start).rejects.toThrow(expect.objectContaining({ name: 'TimeoutError' }));
  });

  it('starts again what could not be started after a crash', async () => {
    const crash = () => spawn(process.execPath, ['-e', 'setTimeout(() => process.exit(1), 100)']);
    const run = () => spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const launches = [crash, () => spawn('/there/is/no/such/program')];
    let isUp = false;
    supervised = new SupervisedProcess({
      ...planOf(() => Promise.resolve(true)),
      launch: () => launches.shift()?.() ?? run().once('spawn', () => (isUp = true)),
    });
    await supervised.start(never);

    await waitFor(() => isUp);
  }, 30_000);

  it('kills what does not stop within its grace', async () => {
    const stubborn = 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)';
    await supervise(stubborn, () => Promise.resolve(true), 100).start(never);
    const stoppedAt = performance.now();

    await supervised.stop();

    expect(performance.now() - stoppedAt).toBeLessThan(2_000);
  });
});
