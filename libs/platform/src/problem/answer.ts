import { STATUS_CODES } from 'node:http';
import { type FieldError, type ProblemError, type ProblemKind } from './problem-error.js';

/** A problem on its way to becoming an HTTP response. */
export interface Answer {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors: readonly FieldError[];
  readonly headers: Readonly<Record<string, string>>;
}

/** The members of an `application/problem+json` body (RFC 9457). */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly code: string;
  readonly requestId: string | null;
  readonly errors: readonly FieldError[];
}

const STATUS_OF_KIND: Readonly<Record<ProblemKind, number>> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  precondition_failed: 412,
  too_large: 413,
  unsupported_media_type: 415,
  unprocessable: 422,
  precondition_required: 428,
  too_many: 429,
  unavailable: 503,
};

/** Answers that ask the caller to come back name a time; this one when the thrower did not. */
const DEFAULT_RETRY_AFTER_SECONDS: Partial<Record<ProblemKind, number>> = { too_many: 1, unavailable: 5 };

export function answerOfProblem(problem: ProblemError): Answer {
  return {
    status: STATUS_OF_KIND[problem.kind],
    code: problem.code,
    detail: problem.detail,
    errors: problem.errors,
    headers: headersOf(problem),
  };
}

function headersOf({ kind, extra }: ProblemError): Record<string, string> {
  const challenge = extra.challenge ?? (kind === 'unauthenticated' ? 'Bearer' : undefined);
  const retryAfterSeconds = extra.retryAfterSeconds ?? DEFAULT_RETRY_AFTER_SECONDS[kind];
  return {
    ...(retryAfterSeconds === undefined ? {} : { 'Retry-After': String(Math.ceil(retryAfterSeconds)) }),
    ...(challenge === undefined ? {} : { 'WWW-Authenticate': challenge }),
  };
}

/** `type` is a URN, since this service has no address of its own that would stay valid. */
export function problemBody(answer: Answer, instance: string, requestId: string | null): Problem {
  return {
    type: `urn:scheduler:problem:${answer.code}`,
    title: STATUS_CODES[answer.status] ?? 'Error',
    status: answer.status,
    detail: answer.detail,
    instance,
    code: answer.code,
    requestId,
    errors: answer.errors,
  };
}
