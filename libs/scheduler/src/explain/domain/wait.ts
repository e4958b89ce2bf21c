import type { Circumstances, ExecutionRecord, Explanation } from './explanation.js';
import { limitsText } from './limits.js';
import { instantText } from './wording.js';

/** Errors of a run that was given back uncalled. */
const UNCALLED_ERRORS: ReadonlySet<string> = new Set(['circuit_open', 'lookups_busy', 'runner_away']);

/** What a run that is not running waits for. */
export function waitOf(
  record: ExecutionRecord,
  circumstances: Circumstances,
): Pick<Explanation, 'reason' | 'message'> {
  const { state, hold, dueAt, attempt, error } = record;
  if (state === 'queued') return { reason: 'worker', message: 'waiting in the queue for a free worker' };
  if (hold === 'overlap') return { reason: 'overlap', message: 'waiting for the run before to end' };
  if (hold === 'concurrency') {
    return { reason: 'concurrency', message: `waiting for room within ${limitsText(circumstances)}` };
  }
  if (dueAt.getTime() <= circumstances.now) {
    return { reason: 'dispatch', message: `due since ${instantText(dueAt)}, on its way to the queue` };
  }
  if (error !== null && UNCALLED_ERRORS.has(error.type)) {
    return { reason: error.type, message: `${error.message}; due again at ${instantText(dueAt)}` };
  }
  return attempt > 0
    ? { reason: 'retry', message: `waiting for attempt ${attempt + 1}, due at ${instantText(dueAt)}` }
    : { reason: 'jitter', message: `delayed by jitter until ${instantText(dueAt)}` };
}
