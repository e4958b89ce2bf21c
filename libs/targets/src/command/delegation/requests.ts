import type { AbortReason } from '../../outcome.js';
import type { CommandContext } from '../../runner.js';
import type { CommandTarget } from '../../target.js';
import { ProtocolFault } from './line-reader.js';
import { asObject, asOneOf, asText, objectIn, type Request } from './messages.js';

const ABORTS: readonly AbortReason['type'][] = ['timeout', 'cancelled', 'lease_lost', 'shutdown'];

/** Reads what a worker, or a stranger, asks of a runner. @throws ProtocolFault */
export function readRequest(line: string): Request {
  const { type, target, context, secrets, reason } = objectIn(line);
  switch (asOneOf(type, ['run', 'abort'], 'type')) {
    case 'run':
      return { type: 'run', target: readTarget(target), context: readContext(context, secrets) };
    case 'abort':
      return { type: 'abort', reason: readReason(reason) };
  }
}

function readTarget(given: unknown): CommandTarget {
  const { type, command, args, env, stdin } = asObject(given, 'target');
  return {
    type: asOneOf(type, ['command'], 'target.type'),
    command: asText(command, 'target.command'),
    args: asTexts(args ?? [], 'target.args'),
    env: asTextsByName(env ?? {}, 'target.env'),
    stdin,
  };
}

function readContext(given: unknown, secrets: unknown): CommandContext {
  const context = asObject(given, 'context');
  const text = (name: keyof CommandContext): string => asText(context[name], name);
  const number = (name: keyof CommandContext): number => asWhole(context[name], name);
  return {
    executionId: text('executionId'),
    jobId: text('jobId'),
    jobName: text('jobName'),
    scheduleId: context.scheduleId === null ? null : text('scheduleId'),
    scheduledFor: text('scheduledFor'),
    attempt: number('attempt'),
    maxAttempts: number('maxAttempts'),
    trigger: text('trigger'),
    retryOf: (context.retryOf ?? null) === null ? null : text('retryOf'), // workers of an earlier version do not say
    parameters: asObject(context.parameters, 'parameters'),
    timeoutMs: number('timeoutMs'),
    deadline: text('deadline'),
    traceparent: context.traceparent === null ? null : text('traceparent'),
    grants: { secrets: new Map(asTexts(secrets, 'secrets').map((secret, at) => [String(at), secret])) },
  };
}

function readReason(given: unknown): AbortReason {
  const { type, message } = asObject(given, 'reason');
  return { type: asOneOf(type, ABORTS, 'reason.type'), message: asText(message, 'reason.message') };
}

function asTexts(value: unknown, what: string): string[] {
  if (!Array.isArray(value)) throw new ProtocolFault(`${what} is no list`);
  return value.map((item) => asText(item, what));
}

function asTextsByName(value: unknown, what: string): Record<string, string> {
  const entries = Object.entries(asObject(value, what));
  return Object.fromEntries(entries.map(([name, text]) => [name, asText(text, what)]));
}

function asWhole(value: unknown, what: string): number {
  if (Number.isSafeInteger(value)) return value as number;
  throw new ProtocolFault(`${what} is no whole number`);
}
