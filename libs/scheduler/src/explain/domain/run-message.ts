import type { ExecutionRecord, StartDelays } from './explanation.js';
import { durationText } from './wording.js';

/** What a person would call on time. */
const ON_TIME_MS = 1_000;
/** Shorter parts of a delay explain nothing. */
const WORTH_TELLING_MS = 100;

/**
 * "started 2.3 s late (2 s for the run before to end, 300 ms for a free worker) and succeeded"
 * @param limits what the run may have waited for room within
 */
export function runMessage(record: ExecutionRecord, delays: StartDelays, limits: string): string {
  return `started ${punctuality(delays, limits)} and ${outcomeOf(record)}`;
}

function punctuality(delays: StartDelays, limits: string): string {
  const delayMs = totalMs(delays);
  if (delayMs < ON_TIME_MS) return `on time, ${durationText(delayMs)} after its instant,`;
  const parts = Object.entries(purposesOf(limits)).map(
    ([part, purpose]) => [delays[part as keyof StartDelays], purpose] as const,
  );
  const told = parts.filter(([partMs]) => partMs >= WORTH_TELLING_MS);
  return `${durationText(delayMs)} late (${told.map(([partMs, purpose]) => `${durationText(partMs)} ${purpose}`).join(', ')})`;
}

function purposesOf(limits: string): Readonly<Record<keyof StartDelays, string>> {
  return {
    jitterMs: 'of jitter',
    firingMs: 'until a scheduler fired it',
    overlapMs: 'for the run before to end',
    concurrencyMs: `for room within ${limits}`,
    dispatchMs: 'on the way to the queue',
    queueMs: 'for a free worker',
  };
}

export function totalMs(delays: StartDelays): number {
  return Object.values<number>({ ...delays }).reduce((sum, partMs) => sum + partMs, 0);
}

function outcomeOf({ state, attempt, error, reason }: ExecutionRecord): string {
  const attempts = attempt > 1 ? `, at attempt ${attempt}` : '';
  switch (state) {
    case 'running':
      return `is running${attempts}`;
    case 'timed_out':
      return `timed out${attempts}`;
    case 'failed':
      return `failed${attempts}: ${error?.message ?? 'no error was recorded'}`;
    case 'cancelled':
      return `was cancelled${attempts}: ${reason ?? 'no reason was given'}`;
    default:
      return `${state}${attempts}`;
  }
}
