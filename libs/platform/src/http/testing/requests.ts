import { expect } from '@jest/globals';
import { type Problem } from '@app/platform/problem';

/** The id of a thing: `ThingsController` knows them all. */
export const THING_ID = '0198a000-0000-7000-8000-000000000001';

export type Send = (
  method: string,
  path: string,
  body?: string,
  headers?: Record<string, string>,
) => Promise<Response>;

/** `url` is asked for with each request, since a server has none before the tests start. */
export function senderTo(url: () => string): Send {
  return (method, path, body, headers = {}) => {
    const type: Record<string, string> = body === undefined ? {} : { 'Content-Type': 'application/json' };
    return fetch(url() + path, { method, body: body ?? null, headers: { ...type, ...headers } });
  };
}

/** The problem in a response, after a look at what all problems have in common. */
export async function problemOf(response: Response): Promise<Problem> {
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const problem = (await response.json()) as Problem;
  expect(problem.status).toBe(response.status);
  expect(problem.requestId).toBe(response.headers.get('x-request-id'));
  return problem;
}
