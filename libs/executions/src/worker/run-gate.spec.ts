import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Clock } from '@app/platform/clock';
import { RunGate } from './run-gate.js';

const MINUTE_MS = 60_000;

/** Goes with jest's timers. */
class TimerClock extends Clock {
  override now(): Date {
    return new Date();
  }

  override monotonicMs(): number {
    return Date.now();
  }
}

interface Work {
  readonly passed: Promise<boolean>;
  readonly hasBegun: () => boolean;
  readonly end: () => void;
}

describe('the gate of a process', () => {
  let gate: RunGate;

  beforeEach(() => {
    jest.useFakeTimers();
    gate = new RunGate(new TimerClock());
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  const enter = (how: 'alone' | 'together'): Work => {
    let hasBegun = false;
    let end = () => undefined as void;
    const passed = gate[how](() => {
      hasBegun = true;
      return new Promise<void>((resolve) => (end = resolve));
    });
    return { passed, hasBegun: () => hasBegun, end: () => end() };
  };

  const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

  it('lets an isolated run in when the last of the others has ended, and nobody beside it', async () => {
    const others = [enter('together'), enter('together')];
    const isolated = enter('alone');
    others[0]!.end();
    await pass(1_000);
    expect(isolated.hasBegun()).toBe(false);
    others[1]!.end();
    await pass(0);
    expect(isolated.hasBegun()).toBe(true);
    expect(await enter('together').passed).toBe(false);
    expect(gate.isOpen).toBe(false);
    isolated.end();
    expect(await isolated.passed).toBe(true);
    expect(gate.isOpen).toBe(true);
  });

  it('gives an isolated run up when the others do not end within a minute, and serves others for as long', async () => {
    enter('together');
    const isolated = enter('alone');
    await pass(MINUTE_MS);
    expect(await isolated.passed).toBe(false);
    expect(isolated.hasBegun()).toBe(false);
    expect(gate.isOpen).toBe(true);
    await pass(MINUTE_MS - 1);
    expect(await enter('alone').passed).toBe(false);
    await pass(1);
    enter('alone');
    expect(gate.isOpen).toBe(false);
  });

  it('takes others again beside one that runs for more than five minutes, and keeps the next isolated one apart from it', async () => {
    const long = enter('alone');
    await pass(5 * MINUTE_MS);
    expect(gate.isOpen).toBe(true);
    enter('together').end();
    await pass(5 * MINUTE_MS);
    const next = enter('alone');
    await pass(1_000);
    expect(next.hasBegun()).toBe(false);
    long.end();
    await pass(0);
    expect(next.hasBegun()).toBe(true);
    expect(gate.isOpen).toBe(false);
  });

  it('opens again after an isolated run that broke', async () => {
    await expect(gate.alone(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(gate.isOpen).toBe(true);
    expect(enter('together').hasBegun()).toBe(true);
  });

  it('tells those who wait for it when it is open again', async () => {
    let hasOpened = false;
    await gate.whenOpen();
    const isolated = enter('alone');
    void gate.whenOpen().then(() => (hasOpened = true));
    await pass(0);
    expect(hasOpened).toBe(false);
    isolated.end();
    await pass(0);
    expect(hasOpened).toBe(true);
  });

  it('sends a waiting isolated run away at once when the process ends, and takes no other', async () => {
    enter('together');
    const isolated = enter('alone');
    const opened = gate.whenOpen();
    gate.stop();
    expect(await isolated.passed).toBe(false);
    await opened;
    expect(await enter('alone').passed).toBe(false);
  });
});
