import { ProblemError } from '@app/platform/problem';

export function stillRunning(): ProblemError {
  const detail = 'The first request with this Idempotency-Key has not been answered yet.';
  return new ProblemError('conflict', 'idempotency_key_in_use', detail, [], { retryAfterSeconds: 1 });
}

export function reused(): ProblemError {
  const detail = 'This Idempotency-Key was used for a request that asked something else.';
  return new ProblemError('unprocessable', 'idempotency_key_reused', detail);
}
