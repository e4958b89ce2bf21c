import type { ScheduleModel } from '../checker/history.js';
import type { ApiClient } from './api-client.js';
import type { TargetLog } from './target-log.js';

/** Schedules of one job that behave alike. */
interface Group {
  readonly name: string;
  readonly count: number;
  readonly everySeconds: number;
  readonly cron?: 'second' | 'minute';
  readonly overlap?: ScheduleModel['overlap'];
  readonly deliveryGuarantee?: ScheduleModel['deliveryGuarantee'];
  readonly maxConcurrency?: number;
  /** How the target behaves: answers after that time, and refuses that many calls of each execution first. */
  readonly delayMs: number;
  readonly refusals?: number;
}

/** About 1,300 instants a minute: most of them plain, and some of each kind that a fault may treat differently. */
const GROUPS: readonly Group[] = [
  { name: 'every-1s', count: 12, everySeconds: 1, delayMs: 30 },
  { name: 'every-2s', count: 6, everySeconds: 2, delayMs: 120 },
  { name: 'every-3s', count: 5, everySeconds: 3, delayMs: 400 },
  { name: 'every-5s', count: 4, everySeconds: 5, delayMs: 1_000 },
  { name: 'cron-5s', count: 2, everySeconds: 5, cron: 'second', delayMs: 50 },
  { name: 'cron-1min', count: 2, everySeconds: 60, cron: 'minute', delayMs: 50 },
  { name: 'once-4s', count: 2, everySeconds: 4, deliveryGuarantee: 'at_most_once', delayMs: 200 },
  { name: 'exclusive-2s', count: 3, everySeconds: 2, overlap: 'skip', delayMs: 700 },
  { name: 'exclusive-slow-1s', count: 1, everySeconds: 1, overlap: 'skip', delayMs: 1_500 },
  { name: 'refused-once-4s', count: 2, everySeconds: 4, refusals: 1, delayMs: 20 },
  { name: 'refused-twice-6s', count: 2, everySeconds: 6, refusals: 2, delayMs: 20 },
  { name: 'two-at-a-time-2s', count: 1, everySeconds: 2, maxConcurrency: 2, delayMs: 300 },
];

/**
 * In 3.5 s: two for the targets that refuse, and some for a target that goes away before each worker has seen it often enough
 * to wait for it. Without that waiting they are spent before it is back.
 */
export const RETRIES = { maxAttempts: 8, backoff: 'fixed', initialDelayMs: 500 };

/** Not all at one millisecond, and not at round ones. */
const SPREAD_MS = 137;

export interface Workload {
  readonly schedules: readonly ScheduleModel[];
  readonly jobIds: readonly string[];
  readonly endsAt: number;
}

/** Creates everything over the API; instants begin at `startsAt` and last for `durationMs`. */
export async function createWorkload(
  api: ApiClient,
  target: TargetLog,
  startsAt: number,
  durationMs: number,
): Promise<Workload> {
  const schedules: ScheduleModel[] = [];
  const jobIds: string[] = [];
  for (const group of GROUPS) {
    const job = await api.create<{ id: string }>('/jobs', jobOf(group, target));
    jobIds.push(job.id);
    for (let index = 0; index < group.count; index++) {
      const from = startsAt + ((schedules.length * SPREAD_MS) % 1_000);
      const wanted = windowOf(group, from, durationMs);
      const { id } = await api.create<{ id: string }>(`/jobs/${job.id}/schedules`, scheduleOf(group, wanted));
      schedules.push(modelOf(group, id, wanted));
    }
  }
  return { schedules, jobIds, endsAt: Math.max(...schedules.map(({ until }) => until)) };
}

interface InstantWindow {
  readonly from: number;
  readonly until: number;
}

/** Ends between two instants, so that neither side has to ask whether an end is inclusive. */
function windowOf({ everySeconds, cron }: Group, from: number, durationMs: number): InstantWindow {
  const everyMs = everySeconds * 1_000;
  const lastsMs = Math.max(durationMs, everyMs);
  if (cron) return { from, until: Math.floor((from + lastsMs) / 1_000) * 1_000 + 500 };
  return { from, until: from + Math.floor(lastsMs / everyMs) * everyMs - Math.floor(everyMs / 2) };
}

function jobOf({ name, delayMs, refusals = 0, ...group }: Group, target: TargetLog): object {
  return {
    name,
    target: { type: 'http', method: 'POST', url: target.url(delayMs, refusals) },
    timeoutMs: 20_000,
    retryPolicy: RETRIES,
    maxConcurrency: group.maxConcurrency ?? null,
    deliveryGuarantee: group.deliveryGuarantee ?? 'at_least_once',
  };
}

/** A grace longer than any outage here: every instant has to run, none may become a misfire record. */
function scheduleOf(group: Group, { from, until }: InstantWindow): object {
  return {
    ...timingOf(group),
    startAt: new Date(from).toISOString(),
    endAt: new Date(until).toISOString(),
    overlapPolicy: group.overlap ?? 'allow',
    misfirePolicy: 'fire_all',
    misfireGraceSeconds: 600,
  };
}

function timingOf({ cron, everySeconds }: Group): object {
  if (cron === undefined) return { type: 'interval', intervalSeconds: everySeconds };
  const cronExpression = cron === 'second' ? `*/${everySeconds} * * * * *` : `*/${everySeconds / 60} * * * *`;
  return { type: 'cron', cronExpression, timezone: 'UTC' };
}

function modelOf(group: Group, scheduleId: string, { from, until }: InstantWindow): ScheduleModel {
  const everyMs = group.everySeconds * 1_000;
  const step = group.cron === 'minute' ? group.everySeconds / 60 : group.everySeconds;
  return {
    scheduleId,
    from,
    until,
    overlap: group.overlap ?? 'allow',
    deliveryGuarantee: group.deliveryGuarantee ?? 'at_least_once',
    recurrence:
      group.cron === undefined
        ? { type: 'interval', anchor: from, everyMs }
        : { type: 'cron_step', field: group.cron, step },
  };
}
