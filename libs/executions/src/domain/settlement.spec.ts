import { describe, expect, it } from '@jest/globals';
import { DEFAULT_RETRY_POLICY, type RetryPolicy } from '@app/jobs';
import {
  type AbortReason,
  type FailureCause,
  type Outcome,
  type OutcomeAborted,
  type OutcomeFailed,
  type OutcomeUncalled,
  RETRY_CAUSES,
  type RunResult,
} from '@app/targets';
import { type Claim, mayGoUncalled } from './claim.js';
import { type Decision, decide } from './settlement.js';

const RESULT: RunResult = { statusCode: 200, output: 'ok', truncated: false };
const ERROR = { type: 'http_status', message: 'answered 503' };
const SECOND_MS = 1_000;

function aClaim(claim: Partial<Claim> = {}, policy: Partial<RetryPolicy> = {}): Claim {
  return {
    id: '01981b5e-7c00-7000-8000-0123456789ab',
    scheduledFor: new Date(0),
    service: 'default',
    jobId: '01981b5e-7c00-7000-8000-0123456789ac',
    jobName: 'a-job',
    scheduleId: null,
    trigger: 'manual',
    priority: 5,
    delivery: 1,
    attempt: 1,
    maxAttempts: 3,
    lostCount: 0,
    releasedCount: 0,
    retryOf: null,
    parameters: {},
    traceparent: null,
    requestId: null,
    target: { type: 'http', method: 'GET', url: 'http://localhost' },
    retryPolicy: { ...DEFAULT_RETRY_POLICY, ...policy },
    timeoutMs: 60_000,
    deliveryGuarantee: 'at_least_once',
    dueAt: new Date(0),
    queuedAt: new Date(0),
    startedAt: new Date(0),
    attemptStartedAt: new Date(0),
    sessionId: '01981b5e-7c00-7000-8000-0123456789ad',
    ...claim,
  };
}

function aFailure(failure: Partial<OutcomeFailed> = {}): OutcomeFailed {
  return {
    type: 'failed',
    cause: '5xx',
    error: ERROR,
    result: RESULT,
    retryAfterMs: null,
    gone: false,
    ...failure,
  };
}

function anAbort(type: AbortReason['type']): OutcomeAborted {
  return { type: 'aborted', reason: { type, message: `because of ${type}` }, result: RESULT };
}

const UNCALLED: OutcomeUncalled = {
  type: 'uncalled',
  error: { type: 'circuit_open', message: 'not called' },
  result: null,
  retryInMs: 3_000,
};

/** The decision in one word: a final state, `retry`, `released` or `abandoned`. */
function verdictOf(decision: Decision): string {
  return decision.type === 'finished' ? decision.state : decision.type;
}

describe('outcome × tries left → verdict', () => {
  const first = aClaim();
  const last = aClaim({ attempt: 3 });
  const lastAtMostOnce = aClaim({ attempt: 3, deliveryGuarantee: 'at_most_once' });

  it.each<[string, Outcome, string, string, string]>([
    ['a success', { type: 'succeeded', result: RESULT }, 'succeeded', 'succeeded', 'succeeded'],
    ['a 5xx', aFailure(), 'retry', 'failed', 'failed'],
    ['a 429', aFailure({ cause: '429' }), 'retry', 'failed', 'failed'],
    ['no network', aFailure({ cause: 'network', result: null }), 'retry', 'failed', 'failed'],
    ['an idle time-out', aFailure({ cause: 'timeout' }), 'retry', 'failed', 'failed'],
    ['an exit code', aFailure({ cause: 'exit_code' }), 'retry', 'failed', 'failed'],
    ['another 4xx', aFailure({ cause: '4xx' }), 'failed', 'failed', 'failed'],
    ['a status that is no success', aFailure({ cause: 'status' }), 'failed', 'failed', 'failed'],
    ['a forbidden address', aFailure({ cause: 'egress' }), 'failed', 'failed', 'failed'],
    ['a broken target', aFailure({ cause: 'target' }), 'failed', 'failed', 'failed'],
    ['a 410', aFailure({ cause: '4xx', gone: true }), 'failed', 'failed', 'failed'],
    ['a time-out', anAbort('timeout'), 'retry', 'timed_out', 'timed_out'],
    ['a cancel', anAbort('cancelled'), 'cancelled', 'cancelled', 'cancelled'],
    ['a shutdown', anAbort('shutdown'), 'released', 'released', 'failed'],
    ['a host that is away', UNCALLED, 'released', 'released', 'released'],
    ['a lost lease', anAbort('lease_lost'), 'abandoned', 'abandoned', 'abandoned'],
  ])('%s', (_what, outcome, ofFirst, ofLast, ofLastAtMostOnce) => {
    expect(verdictOf(decide(first, outcome, 0))).toBe(ofFirst);
    expect(verdictOf(decide(last, outcome, 0))).toBe(ofLast);
    expect(verdictOf(decide(lastAtMostOnce, outcome, 0))).toBe(ofLastAtMostOnce);
  });
});

describe('what is kept', () => {
  it.each<[string, Outcome, object]>([
    [
      'a success has no error',
      { type: 'succeeded', result: RESULT },
      { outcome: 'succeeded', result: RESULT, error: null, gone: false },
    ],
    [
      'a failure keeps what was seen',
      aFailure({ cause: '4xx' }),
      { result: RESULT, error: ERROR, gone: false },
    ],
    ['a retry keeps it too', aFailure(), { outcome: 'failed', result: RESULT, error: ERROR }],
    ['a 410 says so', aFailure({ cause: '4xx', gone: true }), { gone: true }],
    [
      'an abort says why',
      anAbort('timeout'),
      { outcome: 'timed_out', result: RESULT, error: { type: 'timeout', message: 'because of timeout' } },
    ],
    ['a cancel that was heeded is acknowledged', anAbort('cancelled'), { cancel: 'acknowledged' }],
    ['a cancel that had to kill says so', { ...anAbort('cancelled'), forced: true }, { cancel: 'forced' }],
    ['a shutdown gives back', anAbort('shutdown'), { outcome: 'released', result: RESULT, delayMs: 0 }],
    [
      'a host that is away gives back for a while',
      UNCALLED,
      { outcome: 'released', result: null, error: UNCALLED.error, delayMs: UNCALLED.retryInMs },
    ],
  ])('%s', (_what, outcome, expected) => {
    expect(decide(aClaim(), outcome, 0)).toMatchObject(expected);
  });

  it('a run whose command runner was lost comes again, at no cost of an attempt, until it may be the cause', () => {
    const error = { type: 'runner_lost', message: 'gone' };
    const outcome: Outcome = { type: 'lost', error, result: null, retryInMs: 5_000 };
    const of = (claim: Partial<Claim>) => decide(aClaim(claim), outcome, 0);
    expect(of({ maxAttempts: 1 })).toMatchObject({ type: 'released', error: { type: 'runner_lost' } });
    expect(of({ maxAttempts: 1, attempt: 6, releasedCount: 5 })).toMatchObject({
      type: 'finished',
      state: 'failed',
      error: { type: 'runner_lost' },
    });
    expect(of({ deliveryGuarantee: 'at_most_once' })).toMatchObject({
      type: 'finished',
      state: 'failed',
      outcome: 'lost',
      error: { type: 'worker_lost' },
    });
  });

  it('an at-most-once run that a shutdown interrupts is lost: it may have had its effect', () => {
    const claim = aClaim({ deliveryGuarantee: 'at_most_once' });
    expect(decide(claim, anAbort('shutdown'), 0)).toMatchObject({
      type: 'finished',
      state: 'failed',
      outcome: 'lost',
      error: { type: 'worker_lost' },
    });
  });
});

describe('which tries count', () => {
  it.each<[attempt: number, lostCount: number, releasedCount: number, maxAttempts: number, verdict: string]>([
    [1, 0, 0, 1, 'failed'],
    [1, 0, 0, 2, 'retry'],
    [2, 0, 0, 2, 'failed'],
    [2, 1, 0, 2, 'retry'],
    [2, 0, 1, 2, 'retry'],
    [3, 1, 1, 2, 'retry'],
    [4, 1, 1, 2, 'failed'],
    [9, 4, 4, 1, 'failed'],
  ])('try %i, %i lost, %i released, of %i: %s', (attempt, lostCount, releasedCount, maxAttempts, verdict) => {
    const claim = aClaim({ attempt, lostCount, releasedCount, maxAttempts });
    expect(verdictOf(decide(claim, aFailure(), 0))).toBe(verdict);
  });

  it('counts for the back-off as well', () => {
    const claim = aClaim({ attempt: 4, lostCount: 1, releasedCount: 1, maxAttempts: 9 });
    expect(decide(claim, aFailure(), 0)).toMatchObject({ delayMs: 2 * SECOND_MS });
  });
});

describe('a run whose host is away', () => {
  it.each([
    [0, true],
    [4, true],
    [5, false],
    [9, false],
  ])('after %i releases may be given back uncalled: %s', (releasedCount, expected) => {
    expect(mayGoUncalled(aClaim({ releasedCount }))).toBe(expected);
  });
});

describe('when the next try comes', () => {
  const exponential = aClaim({ attempt: 2 }, { initialDelayMs: SECOND_MS, multiplier: 3 });

  it.each<[string, number | null, number]>([
    ['after the back-off', null, 3 * SECOND_MS],
    ['later when the target asks for it', 10 * SECOND_MS, 10 * SECOND_MS],
    ['not sooner when the target would take it', 100, 3 * SECOND_MS],
  ])('%s', (_what, retryAfterMs, delayMs) => {
    expect(decide(exponential, aFailure({ retryAfterMs }), 0)).toMatchObject({ type: 'retry', delayMs });
  });

  it('is moved by chance, which is an argument', () => {
    const claim = aClaim({}, { jitter: 'full', initialDelayMs: 8 * SECOND_MS });
    expect(decide(claim, aFailure(), 0.25)).toMatchObject({ delayMs: 2 * SECOND_MS });
  });
});

describe('retryOn', () => {
  const causes: readonly FailureCause[] = [...RETRY_CAUSES, '4xx', 'status', 'egress', 'target'];

  it.each(RETRY_CAUSES)('only %s: nothing else is tried again', (only) => {
    const claim = aClaim({}, { retryOn: [only] });
    const retried = causes.filter((cause) => verdictOf(decide(claim, aFailure({ cause }), 0)) === 'retry');
    expect(retried).toEqual([only]);
  });

  it('without timeout, a time-out is final', () => {
    const claim = aClaim({}, { retryOn: ['network'] });
    expect(verdictOf(decide(claim, anAbort('timeout'), 0))).toBe('timed_out');
  });

  it('never tries a target again that is gone, whatever it lists', () => {
    expect(verdictOf(decide(aClaim(), aFailure({ gone: true }), 0))).toBe('failed');
  });
});
