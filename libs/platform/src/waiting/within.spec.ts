import { describe, expect, it } from '@jest/globals';
import { within } from './within.js';

const never = new Promise<string>(() => undefined);

describe('within', () => {
  it('gives what comes in time, a failure too', async () => {
    expect(await within(1_000, Promise.resolve('there'), () => 'late')).toBe('there');
    await expect(within(1_000, Promise.reject(new Error('broken')), () => 'late')).rejects.toThrow('broken');
  });

  it('says what it is told to of what comes late, a failure too', async () => {
    expect(await within(5, never, () => 'late')).toBe('late');
    const failing = within(5, never, () => {
      throw new Error('too late');
    });
    await expect(failing).rejects.toThrow('too late');
  });

  it('lets a failure that comes late pass', async () => {
    const failing = new Promise<never>((_, reject) => setTimeout(() => reject(new Error('broken')), 20));
    expect(await within(5, failing, () => 'late')).toBe('late');
    await new Promise((resolve) => setTimeout(resolve, 30));
  });
});
