import { RETRY_CAUSES, type RetryCause } from '@app/targets';

export type Backoff = 'fixed' | 'linear' | 'exponential';
export type RetryJitter = 'none' | 'full' | 'equal';

export interface RetryPolicy {
  /** First try included: 1 means no retry. */
  readonly maxAttempts: number;
  readonly backoff: Backoff;
  readonly initialDelayMs: number;
  readonly maxDelayMs: number;
  readonly multiplier: number;
  readonly jitter: RetryJitter;
  readonly retryOn: readonly RetryCause[];
}

export const DEFAULT_RETRY_POLICY: RetryPolicy = {
  maxAttempts: 1,
  backoff: 'exponential',
  initialDelayMs: 1_000,
  maxDelayMs: 3_600_000,
  multiplier: 2,
  jitter: 'none',
  retryOn: RETRY_CAUSES,
};

/**
 * The wait before the attempt that follows `attempt` (1-based).
 * @param random a number in [0, 1), the only source of chance here
 */
export function retryDelayMs(policy: RetryPolicy, attempt: number, random: number): number {
  const delayMs = Math.min(plainDelayMs(policy, attempt), policy.maxDelayMs);
  switch (policy.jitter) {
    case 'none':
      return Math.round(delayMs);
    case 'full':
      return Math.round(delayMs * random);
    case 'equal':
      return Math.round(delayMs / 2 + (delayMs / 2) * random);
  }
}

function plainDelayMs({ backoff, initialDelayMs, multiplier }: RetryPolicy, attempt: number): number {
  switch (backoff) {
    case 'fixed':
      return initialDelayMs;
    case 'linear':
      return initialDelayMs * attempt;
    case 'exponential':
      return initialDelayMs * multiplier ** (attempt - 1);
  }
}
