/** What the call returned; `output` has at most 64 KB and is safe to store as Postgres text or jsonb. */
export interface RunResult {
  readonly statusCode?: number;
  /** Null when a signal ended the process. */
  readonly exitCode?: number | null;
  readonly headers?: Record<string, string>;
  readonly output: string;
  readonly truncated: boolean;
}

/** What `retryOn` of a retry policy may contain. */
export const RETRY_CAUSES = ['timeout', 'network', '5xx', '429', 'exit_code'] as const;
export type RetryCause = (typeof RETRY_CAUSES)[number];

/**
 * Why a run failed. Beyond the retryable causes: `4xx` and `status` (any other status outside `successStatus`) are the
 * target's final word, `egress` is a refusal by our policy, and `target` is a target that cannot be run as written.
 */
export type FailureCause = RetryCause | '4xx' | 'status' | 'egress' | 'target';

export interface RunError {
  readonly type: string;
  readonly message: string;
}

/** The reason with which the caller aborts its signal. */
export interface AbortReason {
  readonly type: 'timeout' | 'cancelled' | 'lease_lost' | 'shutdown';
  readonly message: string;
}

export interface OutcomeSucceeded {
  readonly type: 'succeeded';
  readonly result: RunResult;
}

export interface OutcomeFailed {
  readonly type: 'failed';
  readonly error: RunError;
  readonly cause: FailureCause;
  readonly result: RunResult | null;
  /** How long the target asked us to wait, at most one hour. */
  readonly retryAfterMs: number | null;
  /** The target answered 410: it is gone for good. */
  readonly gone: boolean;
}

/** The caller's signal ended the run, and nothing of it is left: the request is destroyed, the process group is dead. */
export interface OutcomeAborted {
  readonly type: 'aborted';
  readonly reason: AbortReason;
  readonly result: RunResult | null;
  /** It did not end when told to and was killed. */
  readonly forced?: true;
}

/** Not called, because its host or the command runner does not answer, or look-ups are busy. It may come again later. */
export interface OutcomeUncalled {
  readonly type: 'uncalled';
  readonly error: RunError;
  readonly result: null;
  readonly retryInMs: number;
}

/** Whatever ran it is gone, and nobody knows how far it got, as with a lost worker. */
export interface OutcomeLost {
  readonly type: 'lost';
  readonly error: RunError;
  readonly result: null;
  /** By then there may be something to run it again. */
  readonly retryInMs: number;
}

export type Outcome = OutcomeSucceeded | OutcomeFailed | OutcomeAborted | OutcomeUncalled | OutcomeLost;

export function succeeded(result: RunResult): OutcomeSucceeded {
  return { type: 'succeeded', result };
}

export function failed(
  cause: FailureCause,
  error: RunError,
  seen: Partial<Pick<OutcomeFailed, 'result' | 'retryAfterMs' | 'gone'>> = {},
): OutcomeFailed {
  return { type: 'failed', error, cause, result: null, retryAfterMs: null, gone: false, ...seen };
}

export function uncalled(error: RunError, retryInMs: number): OutcomeUncalled {
  return { type: 'uncalled', error, result: null, retryInMs };
}

export function aborted(
  signal: AbortSignal,
  result: RunResult | null = null,
  forced = false,
): OutcomeAborted {
  return { type: 'aborted', reason: signal.reason as AbortReason, result, ...(forced && { forced }) };
}
