import type { PreviewScheduleRequest } from './preview.request.js';
import type { ScheduleRequest } from './schedule.request.js';

interface Example {
  readonly summary: string;
  readonly value: unknown;
}

const weekdays: ScheduleRequest = {
  type: 'cron',
  cronExpression: '30 9 * * MON-FRI',
  timezone: 'Europe/Berlin',
};

const everyMinute: ScheduleRequest = { type: 'interval', intervalSeconds: 60, overlapPolicy: 'skip' };

const once: ScheduleRequest = { type: 'one_time', runAt: '2030-01-01T00:00:00Z' };

/** Bodies that Swagger UI's "Try it out" sends as they stand. */
export const SCHEDULE_EXAMPLES: Readonly<Record<string, Example>> = {
  cron: { summary: 'Half past nine in Berlin, Monday to Friday', value: weekdays },
  interval: { summary: 'Every minute', value: everyMinute },
  one_time: { summary: 'Once', value: once },
};

export const SCHEDULE_PATCH_EXAMPLES: Readonly<Record<string, Example>> = {
  careful: {
    summary: 'Never two runs at a time, and no late ones',
    value: { misfirePolicy: 'skip', maxRuns: null },
  },
};

const acrossClockChange: PreviewScheduleRequest = {
  type: 'cron',
  cronExpression: '30 2 * * *',
  timezone: 'America/New_York',
  from: '2026-03-06T00:00:00Z',
  count: 5,
};

export const PREVIEW_EXAMPLES: Readonly<Record<string, Example>> = {
  cron: { summary: 'Half past two in New York, across a clock change', value: acrossClockChange },
};
