import { failed, type FailureCause, type RunError, type RunResult, succeeded } from '../../outcome.js';
import { OUTPUT_LIMIT_BYTES, storableText } from '../../output-capture.js';
import { ProtocolFault } from './line-reader.js';
import { type Answer, type AnsweredOutcome, asObject, asOneOf, asText, objectIn } from './messages.js';

/** Our own messages have fewer than 200. */
const ERROR_LIMIT_CHARACTERS = 1_000;
const TYPES = ['hello', 'log', 'outcome', 'refused'] as const;
const STREAMS = ['stdout', 'stderr', 'system'] as const;
/** The ways in which a command can fail; the other causes belong to HTTP calls. */
const CAUSES: readonly FailureCause[] = ['exit_code', 'target'];

/**
 * Reads what a runner says to a worker. A command that takes over its runner can say anything in the runner's name, so
 * only valid outcomes of a command are accepted, and are rebuilt from their parts.
 * @throws ProtocolFault
 */
export function readAnswer(line: string): Answer {
  const { type, version, stream, text, outcome, message } = objectIn(line);
  switch (asOneOf(type, TYPES, 'type')) {
    case 'hello':
      return { type: 'hello', version: Number(version) };
    case 'log':
      return { type: 'log', stream: asOneOf(stream, STREAMS, 'stream'), text: asText(text, 'text') };
    case 'outcome':
      return { type: 'outcome', outcome: readOutcome(asObject(outcome, 'outcome')) };
    case 'refused':
      return { type: 'refused', message: asText(message, 'message') };
  }
}

function readOutcome(given: Record<string, unknown>): AnsweredOutcome {
  const { type, result, error, cause, forced } = given;
  switch (asOneOf(type, ['succeeded', 'failed', 'aborted'], 'outcome.type')) {
    case 'succeeded':
      return succeeded(readResult(result));
    case 'failed':
      return failed(asOneOf(cause, CAUSES, 'cause'), readError(error), { result: readResultIfAny(result) });
    case 'aborted':
      return { type: 'aborted', result: readResultIfAny(result), ...(forced === true && { forced }) };
  }
}

function readResultIfAny(given: unknown): RunResult | null {
  return given === null ? null : readResult(given);
}

function readResult(given: unknown): RunResult {
  const { exitCode, output, truncated } = asObject(given, 'result');
  const text = storableText(asText(output, 'output'));
  const isExitCode =
    exitCode === null || (Number.isSafeInteger(exitCode) && Math.abs(Number(exitCode)) < 1e9);
  if (!isExitCode || Buffer.byteLength(text) > OUTPUT_LIMIT_BYTES)
    throw new ProtocolFault('result is none of a command');
  return { exitCode: exitCode as number | null, output: text, truncated: truncated === true };
}

function readError(given: unknown): RunError {
  const { type, message } = asObject(given, 'error');
  return { type: shortText(type, 'error.type'), message: shortText(message, 'error.message') };
}

function shortText(given: unknown, what: string): string {
  return storableText(asText(given, what).slice(0, ERROR_LIMIT_CHARACTERS));
}
