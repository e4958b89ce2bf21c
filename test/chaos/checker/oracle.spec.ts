import { describe, expect, it } from '@jest/globals';
import type { ScheduleModel } from './history.js';
import { instantsOf } from './oracle.js';

const MIDNIGHT = Date.UTC(2030, 0, 1);
const secondsOf = (schedule: Pick<ScheduleModel, 'recurrence' | 'from' | 'until'>): number[] =>
  instantsOf({ ...schedule, scheduleId: 's', overlap: 'allow', deliveryGuarantee: 'at_least_once' }).map(
    (instant) => (instant - MIDNIGHT) / 1_000,
  );

describe('instantsOf', () => {
  it('adds an interval to its anchor', () => {
    const recurrence = { type: 'interval', anchor: MIDNIGHT + 500, everyMs: 3_000 } as const;
    expect(secondsOf({ recurrence, from: MIDNIGHT + 500, until: MIDNIGHT + 9_500 })).toEqual([
      0.5, 3.5, 6.5, 9.5,
    ]);
    expect(secondsOf({ recurrence, from: MIDNIGHT + 3_600, until: MIDNIGHT + 9_400 })).toEqual([6.5]);
  });

  it('steps through the minute and the hour as cron does', () => {
    const from = MIDNIGHT + 100;
    const seconds = { type: 'cron_step', field: 'second', step: 20 } as const;
    expect(secondsOf({ recurrence: seconds, from, until: MIDNIGHT + 80_000 })).toEqual([20, 40, 60, 80]);
    const minutes = { type: 'cron_step', field: 'minute', step: 1 } as const;
    expect(secondsOf({ recurrence: minutes, from, until: MIDNIGHT + 120_000 })).toEqual([60, 120]);
  });
});
