import { type Response } from 'express';

/** The first answer to an idempotency key, as it is kept. */
export interface StoredAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** What a client needs to go on from the answer; everything else belongs to the connection it came through. */
const KEPT_HEADERS = ['Location', 'ETag', 'Link', 'Preference-Applied'];

/** Called when the handler has answered, with status and headers already on the response. */
export function answerFrom(response: Response, body: unknown): StoredAnswer {
  const kept = KEPT_HEADERS.map((name) => [name, response.get(name)] as const);
  const headers = Object.fromEntries(
    kept.filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  return { status: response.statusCode, headers, body: body ?? null };
}

/** Gives a kept answer again. */
export function replay(answer: StoredAnswer, response: Response): unknown {
  response.set({ ...answer.headers, 'Idempotent-Replayed': 'true' });
  response.status(answer.status);
  return answer.body ?? undefined;
}
