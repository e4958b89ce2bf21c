import { STATUS_CODES } from 'node:http';
import { expect } from '@jest/globals';
import type { Answer } from './api-client.js';
import { PROBLEM_KEYS, sortedKeysOf } from './resources.js';

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly code: string;
  readonly requestId: string;
  readonly errors: readonly { readonly pointer: string; readonly code: string; readonly detail: string }[];
}

/** A refusal in the form of RFC 9457 that says what every problem has to say. */
export function expectProblem(
  { status, headers, body }: Answer,
  expected: { status: number; code: string; pointers?: readonly string[] },
): void {
  const problem = body as Problem;
  expect({ status, code: problem.code }).toEqual({ status: expected.status, code: expected.code });
  expect(headers.get('Content-Type')).toMatch(/^application\/problem\+json/);
  expect(sortedKeysOf(body)).toEqual([...PROBLEM_KEYS].sort());
  expect(problem.status).toBe(status);
  expect(problem.title).toBe(STATUS_CODES[status]);
  expect(problem.type).toContain(problem.code);
  expect(problem.requestId).toBe(headers.get('X-Request-Id'));
  expect(JSON.stringify(problem)).not.toMatch(/\bat .*\.[jt]s:\d/);
  if (expected.pointers) expect(pointersOf(problem)).toEqual(expected.pointers);
}

export function pointersOf(body: unknown): string[] {
  return (body as Problem).errors.map(({ pointer }) => pointer);
}
