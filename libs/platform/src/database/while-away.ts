import { setTimeout as wait } from 'node:timers/promises';
import { isPassingFailure } from './postgres-error.js';

const FIRST_RETRY_MS = 250;
const MAX_RETRY_MS = 5_000;

/**
 * Repeats work for as long as the database is away, with growing pauses. Any other failure is the caller's at once.
 * @param work gets the number of the try, from 1: a later one may find that an earlier one did commit
 */
export async function retryWhileAway<T>(
  work: (tryNumber: number) => Promise<T>,
  onAway: (error: Error) => void,
): Promise<T> {
  let pauseMs = FIRST_RETRY_MS;
  for (let tryNumber = 1; ; tryNumber++) {
    try {
      return await work(tryNumber);
    } catch (error) {
      if (!isPassingFailure(error)) throw error;
      onAway(error as Error);
    }
    await wait(pauseMs);
    pauseMs = Math.min(pauseMs * 2, MAX_RETRY_MS);
  }
}
