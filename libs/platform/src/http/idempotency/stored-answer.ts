import { type FieldError, ProblemError, type ProblemKind } from '@app/platform/problem';
import { type Response } from 'express';

/** The first answer to an idempotency key, as it is kept. */
export interface StoredAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** What a client needs to go on from the answer; everything else belongs to the connection it came through. */
const KEPT_HEADERS = ['Location', 'ETag', 'Link', 'Preference-Applied'];

/** Refusals that the same request would meet at any time; all others (taken, stale, busy) may pass, so it may try again. */
const KEPT_REFUSALS: Partial<Record<ProblemKind, number>> = { invalid: 400, unprocessable: 422 };

interface KeptRefusal {
  readonly kind: ProblemKind;
  readonly code: string;
  readonly detail: string;
  readonly errors: readonly FieldError[];
}

/** Called when the handler has answered, with status and headers already on the response. */
export function answerFrom(response: Response, body: unknown): StoredAnswer {
  const kept = KEPT_HEADERS.map((name) => [name, response.get(name)] as const);
  const headers = Object.fromEntries(
    kept.filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  return { status: response.statusCode, headers, body: body ?? null };
}

/** `null` for a failure that must not be kept. */
export function refusalFrom(error: unknown): StoredAnswer | null {
  if (!(error instanceof ProblemError)) return null;
  const status = KEPT_REFUSALS[error.kind];
  if (status === undefined) return null;
  const { kind, code, detail, errors } = error;
  return { status, headers: {}, body: { kind, code, detail, errors } satisfies KeptRefusal };
}

/** Gives a kept answer again. A refusal is thrown, so that it gets this request's id like any other problem. */
export function replay(answer: StoredAnswer, response: Response): unknown {
  response.set({ ...answer.headers, 'Idempotent-Replayed': 'true' });
  response.status(answer.status);
  if (answer.status < 400) return answer.body ?? undefined;
  const { kind, code, detail, errors } = answer.body as KeptRefusal;
  throw new ProblemError(kind, code, detail, errors);
}
