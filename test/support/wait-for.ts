import { setTimeout as delay } from 'node:timers/promises';

export interface WaitForOptions {
  readonly timeoutMs?: number;
  /** Completes "Waited … ms for …" when it never came. */
  readonly describe?: string;
}

const POLL_MS = 20;
/** Most come within one; two cores that others keep busy have taken ten. */
const PATIENCE_MS = 20_000;

/**
 * Resolves with the first answer that is neither false, null nor undefined. Tests wait for what they mean, never for a
 * length of time. A condition that throws has not come true yet; its last error ends up in the message.
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  { timeoutMs = PATIENCE_MS, describe = 'a condition' }: WaitForOptions = {},
): Promise<NonNullable<Exclude<T, false>>> {
  const deadline = performance.now() + timeoutMs;
  let lastError: unknown;
  while (performance.now() < deadline) {
    try {
      const answer = await condition();
      if (hasCome(answer)) return answer;
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    await delay(POLL_MS);
  }
  throw new Error(`Waited ${timeoutMs} ms for ${describe}`, { cause: lastError });
}

function hasCome<T>(answer: T): answer is NonNullable<Exclude<T, false>> & T {
  return answer !== false && answer !== null && answer !== undefined;
}
