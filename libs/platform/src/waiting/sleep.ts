import { setTimeout as delay } from 'node:timers/promises';

/** Waits; `signal` ends the wait early, which is no error. */
export async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}
