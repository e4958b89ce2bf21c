import type { Circumstances, ExecutionRecord, Explanation } from './explanation.js';
import { limitsText } from './limits.js';
import { notRunMessage } from './not-run.js';
import { runMessage, totalMs } from './run-message.js';
import { startDelaysOf } from './start-delays.js';
import { waitOf } from './wait.js';

/** An instant that a record explains: its own, or that of several. */
export function explainRecorded(
  instant: number,
  record: ExecutionRecord,
  circumstances: Circumstances,
  previousEndedAt: number | null,
): Explanation {
  const delays = startDelaysOf(record, circumstances, previousEndedAt);
  return {
    scheduledFor: instant,
    executionId: record.id,
    state: record.state,
    startDelayMs: delays && totalMs(delays),
    delays,
    ...verdictOf(record, circumstances, delays),
  };
}

function verdictOf(
  record: ExecutionRecord,
  circumstances: Circumstances,
  delays: Explanation['delays'],
): Pick<Explanation, 'verdict' | 'reason' | 'message'> {
  const { state, reason } = record;
  switch (state) {
    case 'skipped':
    case 'missed':
      return { verdict: state, reason, message: notRunMessage(record, circumstances.schedule) };
    case 'pending':
    case 'queued':
      return { verdict: 'waiting', ...waitOf(record, circumstances) };
    default:
      return delays === null
        ? {
            verdict: 'skipped',
            reason,
            message: `cancelled before it started: ${reason ?? 'no reason was given'}`,
          }
        : {
            verdict: state === 'running' ? 'running' : 'ran',
            reason,
            message: runMessage(record, delays, limitsText(circumstances)),
          };
  }
}
