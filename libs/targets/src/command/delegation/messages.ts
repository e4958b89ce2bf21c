import type { AbortReason, OutcomeAborted, OutcomeFailed, OutcomeSucceeded } from '../../outcome.js';
import type { CommandContext, LogSink } from '../../runner.js';
import type { CommandTarget } from '../../target.js';
import { ProtocolFault } from './line-reader.js';

/*
 * Between a worker and its command runner: one connection a run, one JSON object a line.
 *
 *   runner  {"type":"hello","version":1}
 *   worker  {"type":"run","target":{…},"context":{…},"secrets":["…"]}
 *   runner  {"type":"log","stream":"stdout","text":"…"}                   as often as there is something
 *   worker  {"type":"abort","reason":{"type":"cancelled","message":"…"}}  time-out, cancel, lost lease, shutdown
 *   runner  {"type":"outcome","outcome":{…}}                              or {"type":"refused","message":"…"}; the end
 *
 * A connection that closes before ends the run, whichever side is gone.
 */
export const PROTOCOL_VERSION = 1;

/** A body of 1 MB, escaped, and the secrets in it. */
export const REQUEST_LIMIT_BYTES = 8 * 1024 * 1024;
/** 64 KB of output, escaped or blotted. */
export const ANSWER_LIMIT_BYTES = 2 * 1024 * 1024;

export interface RunRequest {
  readonly type: 'run';
  readonly target: CommandTarget;
  readonly context: CommandContext;
}

export interface AbortRequest {
  readonly type: 'abort';
  readonly reason: AbortReason;
}

export type Request = RunRequest | AbortRequest;

/** Why it was aborted the worker knows. */
export type AnsweredOutcome = OutcomeSucceeded | OutcomeFailed | Omit<OutcomeAborted, 'reason'>;

export type Answer =
  | { readonly type: 'hello'; readonly version: number }
  | { readonly type: 'log'; readonly stream: Parameters<LogSink['write']>[0]; readonly text: string }
  | { readonly type: 'outcome'; readonly outcome: AnsweredOutcome }
  | { readonly type: 'refused'; readonly message: string };

export function lineOf(message: Answer | AbortRequest): string {
  return `${JSON.stringify(message)}\n`;
}

/** Of the grants the values alone: a runner blots them out, and needs no names for that. */
export function lineOfRun(target: CommandTarget, context: CommandContext): string {
  const { executionId, jobId, jobName, scheduleId, scheduledFor, attempt, maxAttempts } = context;
  const { trigger, parameters, timeoutMs, deadline, traceparent, grants } = context;
  const ids = { executionId, jobId, jobName, scheduleId, scheduledFor, attempt, maxAttempts };
  const told = { ...ids, trigger, parameters, timeoutMs, deadline, traceparent };
  const secrets = [...grants.secrets.values()].filter((secret) => secret !== null);
  return `${JSON.stringify({ type: 'run', target, context: told, secrets })}\n`;
}

/** @throws ProtocolFault for what is no JSON object */
export function objectIn(line: string): Record<string, unknown> {
  try {
    return asObject(JSON.parse(line), 'a line');
  } catch {
    throw new ProtocolFault('a line is no JSON object');
  }
}

export function asObject(value: unknown, what: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw new ProtocolFault(`${what} is no object`);
}

export function asText(value: unknown, what: string): string {
  if (typeof value === 'string') return value;
  throw new ProtocolFault(`${what} is no text`);
}

export function asOneOf<const T extends string>(value: unknown, choices: readonly T[], what: string): T {
  const choice = choices.find((one) => one === value);
  if (choice !== undefined) return choice;
  throw new ProtocolFault(`${what} is none of ${choices.join(', ')}`);
}
