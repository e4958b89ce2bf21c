import {
  type Arrival,
  askedScheduleOf,
  type Fault,
  type History,
  type Row,
  type ScheduleModel,
} from './history.js';
import { instantsOf } from './oracle.js';

/** A multiple of a minute, so that cron steps and intervals meet. */
export const START = Date.UTC(2030, 0, 1);
export const END = START + 60_000;
const START_DELAY_MS = 40;
const ANSWER_MS = 100;

const window = { from: START, until: END, deliveryGuarantee: 'at_least_once' } as const;
export const EVERY_5_S: ScheduleModel = {
  ...window,
  scheduleId: 'every-5s',
  recurrence: { type: 'interval', anchor: START, everyMs: 5_000 },
  overlap: 'allow',
};
export const CRON_10_S: ScheduleModel = {
  ...window,
  scheduleId: 'cron-10s',
  recurrence: { type: 'cron_step', field: 'second', step: 10 },
  overlap: 'skip',
};
export const ONCE_10_S: ScheduleModel = {
  ...window,
  scheduleId: 'once-10s',
  recurrence: { type: 'interval', anchor: START, everyMs: 10_000 },
  overlap: 'allow',
  deliveryGuarantee: 'at_most_once',
};

/** Runs that a client asked for, at odd times. */
export const ASKED: ScheduleModel = {
  ...window,
  scheduleId: askedScheduleOf('job-1'),
  recurrence: { type: 'asked', instants: [START + 13_471, START + 41_702] },
  overlap: 'allow',
};

/** A worker is killed at second 30, and what it ran is served again by second 50. */
export const WORKER_KILL: Fault = {
  kind: 'worker-kill',
  victim: 'worker-1',
  from: START + 30_000,
  until: START + 30_000,
  recoveryMs: 20_000,
  recoveredAt: null,
  delaysStarts: true,
  costsTries: true,
};

/** Three schedules over one minute, each instant served once and in time. */
export function validHistory(faults: readonly Fault[] = []): History {
  const schedules = [EVERY_5_S, CRON_10_S, ONCE_10_S, ASKED];
  const slots = schedules.flatMap((schedule) =>
    instantsOf(schedule).map((scheduledFor) => ({ scheduleId: schedule.scheduleId, scheduledFor })),
  );
  return {
    schedules,
    faults,
    arrivals: slots.map((slot) => arrivalOf(slot)),
    rows: slots.map((slot) => rowOf(slot)),
  };
}

interface Slot {
  readonly scheduleId: string;
  readonly scheduledFor: number;
}

export function arrivalOf({ scheduleId, scheduledFor }: Slot, changes: Partial<Arrival> = {}): Arrival {
  const at = changes.at ?? scheduledFor + START_DELAY_MS;
  return {
    executionId: idOf({ scheduleId, scheduledFor }),
    scheduleId,
    scheduledFor,
    attempt: 1,
    at,
    endedAt: at + ANSWER_MS,
    status: 200,
    ...changes,
  };
}

export function rowOf({ scheduleId, scheduledFor }: Slot, changes: Partial<Row> = {}): Row {
  return {
    executionId: idOf({ scheduleId, scheduledFor }),
    scheduleId,
    scheduledFor,
    state: 'succeeded',
    reason: null,
    errorType: null,
    attempt: 1,
    createdAt: scheduledFor + START_DELAY_MS / 2,
    finishedAt: scheduledFor + START_DELAY_MS + ANSWER_MS + 10,
    attempts: [{ attempt: 1, outcome: 'succeeded' }],
    ...changes,
  };
}

function idOf({ scheduleId, scheduledFor }: Slot): string {
  return `${scheduleId}#${(scheduledFor - START) / 1_000}`;
}
