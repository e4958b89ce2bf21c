import type { AbortReason, OutcomeAborted, OutcomeFailed, OutcomeSucceeded } from '../../outcome.js';
import type { CommandContext, LogSink } from '../../runner.js';
import type { CommandTarget } from '../../target.js';
import { ProtocolFault } from './line-reader.js';

/*
 * Between a worker and its command runner: one connection per run, one JSON object per line.
 *
 *   runner  {"type":"hello","version":1}
 *   worker  {"type":"run","target":{…},"context":{…},"secrets":["…"]}
 *   runner  {"type":"log","stream":"stdout","text":"…"}                   whenever there is output
 *   worker  {"type":"abort","reason":{"type":"cancelled","message":"…"}}  time-out, cancel, lost lease, shutdown
 *   runner  {"type":"outcome","outcome":{…}}                              or {"type":"refused","message":"…"}; then it closes
 *
 * If the connection closes earlier, the run ends, whichever side is gone.
 */
export const PROTOCOL_VERSION = 1;

/** Enough for an escaped body of 1 MB with its secrets. */
export const REQUEST_LIMIT_BYTES = 8 * 1024 * 1024;
/** Enough for 64 KB of output, escaped or redacted. */
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

/** Without the reason of an abort, which the worker knows. */
export type AnsweredOutcome = OutcomeSucceeded | OutcomeFailed | Omit<OutcomeAborted, 'reason'>;

export type Answer =
  | { readonly type: 'hello'; readonly version: number }
  | { readonly type: 'log'; readonly stream: Parameters<LogSink['write']>[0]; readonly text: string }
  | { readonly type: 'outcome'; readonly outcome: AnsweredOutcome }
  | { readonly type: 'refused'; readonly message: string };

export function lineOf(message: Answer | AbortRequest): string {
  return `${JSON.stringify(message)}\n`;
}

/** Of the grants, only the values of the secrets are sent: the runner redacts them and needs no names for that. */
export function lineOfRun(target: CommandTarget, context: CommandContext): string {
  const { executionId, jobId, jobName, scheduleId, scheduledFor, attempt, maxAttempts } = context;
  const { trigger, parameters, timeoutMs, deadline, traceparent, grants } = context;
  const ids = { executionId, jobId, jobName, scheduleId, scheduledFor, attempt, maxAttempts };
  const told = { ...ids, trigger, parameters, timeoutMs, deadline, traceparent };
  const secrets = [...grants.secrets.values()].filter((secret) => secret !== null);
  return `${JSON.stringify({ type: 'run', target, context: told, secrets })}\n`;
}

/** @throws ProtocolFault for anything but a JSON object */
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
