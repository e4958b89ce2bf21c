import { type Job, retryDelayMs } from '@app/jobs';
import {
  type AbortReason,
  failed,
  type FailureCause,
  type Outcome,
  type OutcomeAborted,
  type OutcomeFailed,
  type OutcomeLost,
  type OutcomeUncalled,
  type RunError,
  type RunResult,
} from '@app/targets';
import type { Attempt } from './execution.js';
import { attemptsSpent, type Claim, mayGoUncalled } from './claim.js';

/** A final state, a retry later, or a release: what `settle` writes. */
export type Settlement = Finished | RetryLater | Released;

interface Settled {
  readonly outcome: Attempt['outcome'];
  readonly result: RunResult | null;
  readonly error: RunError | null;
}

export interface Finished extends Settled {
  readonly type: 'finished';
  readonly state: 'succeeded' | 'failed' | 'timed_out' | 'cancelled';
  /** The target said 410: whoever scheduled this should stop. */
  readonly gone: boolean;
  /** How a cancel was obeyed, where one ended the run. */
  readonly cancel?: 'acknowledged' | 'forced';
}

export interface RetryLater extends Settled {
  readonly type: 'retry';
  readonly delayMs: number;
}

/** The worker is going away and another one runs it at once, or its host is away for now. The try does not count. */
export interface Released extends Settled {
  readonly type: 'released';
  readonly delayMs: number;
}

/** A lost lease means that another worker may have the run already: there is nothing left to decide. */
export type Decision = Settlement | { readonly type: 'abandoned' };

/** @param random a number in [0, 1), for the back-off's jitter */
export function decide(claim: Claim, outcome: Outcome, random: number): Decision {
  switch (outcome.type) {
    case 'succeeded':
      return {
        type: 'finished',
        state: 'succeeded',
        outcome: 'succeeded',
        result: outcome.result,
        error: null,
        gone: false,
      };
    case 'failed':
      return decideFailed(claim, outcome, random);
    case 'aborted':
      return decideAborted(claim, outcome, random);
    case 'uncalled':
      // Never sent, so an at-most-once run may be given back as well.
      return released(outcome);
    case 'lost':
      return decideLost(claim, outcome, random);
  }
}

function decideFailed(claim: Claim, outcome: OutcomeFailed, random: number): Settlement {
  const { error, result, gone } = outcome;
  const delayMs = delayBeforeRetryMs(claim, outcome.cause, outcome.retryAfterMs, random);
  if (delayMs !== null && !gone) return { type: 'retry', outcome: 'failed', result, error, delayMs };
  return { type: 'finished', state: 'failed', outcome: 'failed', result, error, gone };
}

function decideAborted(claim: Claim, { reason, result, forced }: OutcomeAborted, random: number): Decision {
  const error = errorOf(reason);
  switch (reason.type) {
    case 'timeout': {
      const delayMs = delayBeforeRetryMs(claim, 'timeout', null, random);
      if (delayMs !== null) return { type: 'retry', outcome: 'timed_out', result, error, delayMs };
      return { type: 'finished', state: 'timed_out', outcome: 'timed_out', result, error, gone: false };
    }
    case 'cancelled':
      return {
        type: 'finished',
        state: 'cancelled',
        outcome: 'cancelled',
        result,
        error,
        gone: false,
        cancel: forced ? 'forced' : 'acknowledged',
      };
    case 'shutdown':
      return decideShutdown(claim, result, error);
    case 'lease_lost':
      return { type: 'abandoned' };
  }
}

/** An interrupted at-most-once run may have had its effect: running it again would break the promise. */
function decideShutdown(claim: Claim, result: RunResult | null, error: RunError): Settlement {
  if (claim.deliveryGuarantee === 'at_least_once')
    return { type: 'released', outcome: 'released', result, error, delayMs: 0 };
  return lostForGood(result, 'the worker shut down while the run was in flight');
}

/** As with a lost worker no attempt is spent, but by a run that has been given back so often that it may be the cause. */
function decideLost(claim: Claim, outcome: OutcomeLost, random: number): Settlement {
  const { error } = outcome;
  if (claim.deliveryGuarantee === 'at_most_once') return lostForGood(null, error.message);
  return mayGoUncalled(claim) ? released(outcome) : decideFailed(claim, failed('exit_code', error), random);
}

function released({ result, error, retryInMs }: OutcomeLost | OutcomeUncalled): Released {
  return { type: 'released', outcome: 'released', result, error, delayMs: retryInMs };
}

function lostForGood(result: RunResult | null, message: string): Finished {
  const error: RunError = { type: 'worker_lost', message };
  return { type: 'finished', state: 'failed', outcome: 'lost', result, error, gone: false };
}

/** @returns null when the failure is final */
function delayBeforeRetryMs(
  claim: Claim,
  cause: FailureCause,
  retryAfterMs: number | null,
  random: number,
): number | null {
  if (!isRetried(claim.retryPolicy, cause) || attemptsSpent(claim) >= claim.maxAttempts) return null;
  const backoffMs = retryDelayMs(claim.retryPolicy, attemptsSpent(claim), random);
  return Math.max(backoffMs, retryAfterMs ?? 0);
}

function isRetried(policy: Job['retryPolicy'], cause: FailureCause): boolean {
  const retried: readonly FailureCause[] = policy.retryOn;
  return retried.includes(cause);
}

function errorOf(reason: AbortReason): RunError {
  return { type: reason.type, message: reason.message };
}
