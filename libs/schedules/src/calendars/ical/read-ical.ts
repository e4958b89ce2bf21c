import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { IcalExclusions, IcalFile } from './exclusions-in-ical.js';
import { IcalError } from './ical-error.js';
import type { IcalMessage } from './ical-thread.js';

/** A file of 5,000 entries takes some 200 ms of a core; a rule that never matches takes the library for ever. */
const TIME_LIMIT_MS = 2_000;
/** Twice what 5,000 entries take. A megabyte of rules wants 200 MB, which an api of 512 MB does not have for two. */
const MEMORY_LIMIT = { maxOldGenerationSizeMb: 48 };

const THREAD = fileURLToPath(new URL('ical-thread.js', import.meta.url));

/**
 * Reads a file in a thread of its own, which is ended at the limit: the library loops without ever letting go, and
 * whoever shared a thread with it would stand still as long.
 * @param timeLimitMs counted from where the thread has loaded its code
 * @throws IcalError as `exclusionsInIcal`, and for what takes too long or too much memory
 */
export async function readIcal(file: IcalFile, timeLimitMs: number = TIME_LIMIT_MS): Promise<IcalExclusions> {
  const thread = new Worker(THREAD, { name: 'ical', workerData: file, resourceLimits: MEMORY_LIMIT });
  try {
    return await answerOf(thread, timeLimitMs);
  } finally {
    await thread.terminate();
  }
}

function answerOf(thread: Worker, timeLimitMs: number): Promise<IcalExclusions> {
  let limit: NodeJS.Timeout | undefined;
  const answer = new Promise<IcalExclusions>((resolve, reject) => {
    const tooLong = () => reject(new IcalError('its recurrence rules take too long to follow'));
    thread.on('message', (message: IcalMessage) => {
      if (message.type === 'begins') limit = setTimeout(tooLong, timeLimitMs);
      else if (message.type === 'read') resolve(message.exclusions);
      else reject(new IcalError(message.reason));
    });
    thread.on('error', (error) => reject(explained(error)));
    // Never seen; without it, the turn of whoever waits here would not end.
    thread.on('exit', () => reject(new Error('The thread ended without an answer.')));
  });
  return answer.finally(() => clearTimeout(limit));
}

function explained(error: NodeJS.ErrnoException): Error {
  const isTooBig = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
  return isTooBig ? new IcalError('it takes too much memory to read') : error;
}
