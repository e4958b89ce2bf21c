import { describe, expect, it } from '@jest/globals';
import { batchWhileBusy } from './batch-while-busy.js';

/** A statement that ends when the test says so. */
function statements() {
  const batches: { keys: readonly number[]; end: (answer: Promise<string[]>) => void }[] = [];
  const run = (keys: readonly number[]) =>
    new Promise<string[]>((resolve) => batches.push({ keys, end: resolve }));
  return { batches, run };
}

const answersTo = (keys: readonly number[]) => Promise.resolve(keys.map((key) => `answer ${key}`));
const aMoment = () => new Promise((resolve) => setImmediate(resolve));

describe('batching while a statement is under way', () => {
  it('sends a call that finds the line idle at once', async () => {
    const { batches, run } = statements();
    const load = batchWhileBusy(run, 10);
    const answer = load(1);
    await aMoment();
    batches[0]!.end(answersTo([1]));
    expect(await answer).toBe('answer 1');
  });

  it('gathers what arrives meanwhile into one statement', async () => {
    const { batches, run } = statements();
    const load = batchWhileBusy(run, 10);
    const first = load(1);
    await aMoment();
    const later = [load(2), load(3), load(4)];
    await aMoment();
    expect(batches).toHaveLength(1);

    batches[0]!.end(answersTo([1]));
    await first;
    await aMoment();
    expect(batches[1]!.keys).toEqual([2, 3, 4]);
    batches[1]!.end(answersTo([2, 3, 4]));
    expect(await Promise.all(later)).toEqual(['answer 2', 'answer 3', 'answer 4']);
  });

  it('splits what exceeds the largest batch', async () => {
    const sizes: number[] = [];
    const load = batchWhileBusy((keys: readonly number[]) => {
      sizes.push(keys.length);
      return answersTo(keys);
    }, 2);
    const answers = await Promise.all([1, 2, 3, 4, 5].map((key) => load(key)));
    expect(answers).toHaveLength(5);
    expect(Math.max(...sizes)).toBe(2);
  });

  it('tries a failed batch again row by row, so that one bad row fails alone', async () => {
    const load = batchWhileBusy((keys: readonly number[]) => {
      if (keys.includes(2)) return Promise.reject(new Error('row 2 is refused'));
      return answersTo(keys);
    }, 10);
    const [one, two, three] = await Promise.allSettled([load(1), load(2), load(3)]);
    expect(one).toMatchObject({ status: 'fulfilled', value: 'answer 1' });
    expect(two).toMatchObject({ status: 'rejected', reason: new Error('row 2 is refused') });
    expect(three).toMatchObject({ status: 'fulfilled', value: 'answer 3' });
  });
});
