import { failed, succeeded, type FailureCause, type Outcome, type RunResult } from '../outcome.js';

const DEFAULT_SUCCESS_STATUS: readonly string[] = ['2xx'];
const RETRY_AFTER_CAP_MS = 3_600_000;

/** What a complete answer means for the run. */
export function outcomeOfStatus(
  result: RunResult & { readonly statusCode: number },
  successStatus: readonly string[] | undefined,
  nowMs: number,
): Outcome {
  const { statusCode } = result;
  if (isSuccess(statusCode, successStatus)) return succeeded(result);
  return failed(
    causeOf(statusCode),
    { type: 'http_status', message: `the target answered ${statusCode}` },
    {
      result,
      retryAfterMs: parseRetryAfterMs(result.headers?.['retry-after'], nowMs),
      gone: statusCode === 410,
    },
  );
}

/** Does `statusCode` match one of the patterns: a class such as `2xx`, or one status? */
export function isSuccess(statusCode: number, successStatus: readonly string[] | undefined): boolean {
  const patterns = successStatus?.length ? successStatus : DEFAULT_SUCCESS_STATUS;
  const classPattern = `${Math.floor(statusCode / 100)}xx`;
  return patterns.some((pattern) => pattern === String(statusCode) || pattern.toLowerCase() === classPattern);
}

/** `Retry-After` in seconds or as an HTTP date (RFC 9110 §10.2.3), at most one hour; null when absent or unreadable. */
export function parseRetryAfterMs(value: string | undefined, nowMs: number): number | null {
  if (value === undefined) return null;
  const text = value.trim();
  const delayMs = /^\d+$/.test(text) ? Number(text) * 1_000 : parseHttpDate(text) - nowMs;
  if (Number.isNaN(delayMs)) return null;
  return Math.min(Math.max(delayMs, 0), RETRY_AFTER_CAP_MS);
}

/** All three HTTP date formats begin with the name of a day; `Date.parse` alone would even accept `-5`. */
function parseHttpDate(text: string): number {
  return /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(text) ? Date.parse(text) : Number.NaN;
}

function causeOf(statusCode: number): FailureCause {
  if (statusCode === 429) return '429';
  if (statusCode >= 500) return '5xx';
  return statusCode >= 400 ? '4xx' : 'status';
}
