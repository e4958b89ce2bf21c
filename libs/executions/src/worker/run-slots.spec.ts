import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { RunSlots } from './run-slots.js';

describe('the slots of a worker', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  /** What has been answered so far. */
  const answersOf = (asked: readonly Promise<boolean>[]) => {
    const answers: (boolean | undefined)[] = asked.map(() => undefined);
    asked.forEach((one, index) => void one.then((answer) => (answers[index] = answer)));
    return answers;
  };

  const settle = () => jest.advanceTimersByTimeAsync(0);

  it('are given at once while there are some', async () => {
    const slots = new RunSlots(2);
    expect(await Promise.all([slots.take(0), slots.take(), slots.take(0)])).toEqual([true, true, false]);
  });

  it('go to whoever has waited longest', async () => {
    const slots = new RunSlots(0);
    const answers = answersOf([slots.take(), slots.take()]);
    slots.giveBack();
    await settle();
    expect(answers).toEqual([true, undefined]);
    slots.giveBack();
    await settle();
    expect(answers).toEqual([true, true]);
  });

  it('are not kept for one who has waited long enough', async () => {
    const slots = new RunSlots(0);
    const answers = answersOf([slots.take(50), slots.take()]);
    await jest.advanceTimersByTimeAsync(49);
    expect(answers).toEqual([undefined, undefined]);
    await jest.advanceTimersByTimeAsync(1);
    expect(answers).toEqual([false, undefined]);
    slots.giveBack();
    await settle();
    expect(answers).toEqual([false, true]);
    slots.giveBack();
    expect(await slots.take(0)).toBe(true);
  });

  it('are kept for whoever asks for a kept one, for a while', async () => {
    const slots = new RunSlots(2);
    await Promise.all([slots.take(), slots.take()]);
    slots.keep(50);
    slots.keep(50);
    expect(await slots.take(0)).toBe(false);
    expect(slots.takeKept()).toBe(true);
    const answers = answersOf([slots.take()]);
    await jest.advanceTimersByTimeAsync(49);
    expect(answers).toEqual([undefined]);
    await jest.advanceTimersByTimeAsync(1);
    expect(answers).toEqual([true]);
    expect(slots.takeKept()).toBe(false);
  });

  it('are kept a short while only from when the message that they are kept for was asked for', async () => {
    const slots = new RunSlots(2);
    await Promise.all([slots.take(), slots.take()]);
    slots.keep(1_000);
    slots.keep(1_000);
    const answers = answersOf([slots.take(), slots.take()]);
    slots.keepNoLongerThan(10);
    await jest.advanceTimersByTimeAsync(10);
    expect(answers).toEqual([true, undefined]);
    expect(slots.takeKept()).toBe(true);
    expect(slots.takeKept()).toBe(false);
  });

  it('go to the message that was asked for, of those that are kept for a short while and longer', async () => {
    const slots = new RunSlots(2);
    await Promise.all([slots.take(), slots.take()]);
    slots.keep(1_000);
    slots.keep(1_000);
    slots.keepNoLongerThan(10);
    expect(slots.takeKept()).toBe(true);
    await jest.advanceTimersByTimeAsync(10);
    expect(await slots.take(0)).toBe(false);
  });

  it('are not kept shorter when none is kept', async () => {
    const slots = new RunSlots(1);
    slots.keepNoLongerThan(10);
    await jest.advanceTimersByTimeAsync(10);
    expect([await slots.take(0), await slots.take(0)]).toEqual([true, false]);
  });

  it('are given to nobody once they are closed, and whoever waits is told', async () => {
    const slots = new RunSlots(0);
    const answers = answersOf([slots.take(), slots.take(1_000)]);
    slots.close();
    slots.giveBack();
    await settle();
    expect(answers).toEqual([false, false]);
    expect(await slots.take()).toBe(false);
  });

  it('are not kept for anybody once they are closed', async () => {
    const slots = new RunSlots(1);
    await slots.take();
    slots.keep(50);
    slots.keep(50);
    slots.keepNoLongerThan(10);
    slots.close();
    expect(slots.takeKept()).toBe(false);
    expect(jest.getTimerCount()).toBe(0);
  });
});
