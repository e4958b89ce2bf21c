import { setTimeout as delay } from 'node:timers/promises';

/**
 * Waits for work to end, but no longer: for a process that ends, where BullMQ waits for ever for a queue that has not answered
 * since the process began.
 */
export async function settledWithin(ms: number, work: Promise<unknown>): Promise<void> {
  await Promise.race([work, delay(ms, undefined, { ref: false })]);
}
