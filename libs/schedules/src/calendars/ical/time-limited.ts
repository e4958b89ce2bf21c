import { runInNewContext } from 'node:vm';

/** Thrown when the time is up. */
export class OutOfTime extends Error {}

/**
 * Runs `work` and stops it after `limitMs`, however it loops: `vm` can interrupt code that never returns to the event
 * loop, its own or, as here, what it calls.
 */
export function timeLimited<T>(limitMs: number, work: () => T): T {
  try {
    return runInNewContext('work()', { work }, { timeout: limitMs }) as T;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === 'ERR_SCRIPT_EXECUTION_TIMEOUT' ? new OutOfTime() : error;
  }
}
