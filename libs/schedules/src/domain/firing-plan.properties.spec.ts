import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compileRecurrence } from './recurrence.js';
import { scheduleSpecOf } from './schedule-timing.js';
import { scheduleOf } from '../testing/schedule-of.js';
import { type FiringContext, type FiringPlan, planFirings } from './firing-plan.js';
import type { PlannedFiring } from './planned-firing.js';
import type { Recurrence } from './recurrence.js';
import type { Schedule } from './schedule.js';

/** A New York night with a repeated hour, so that cron schedules meet one. */
const FROM_MS = Date.parse('2026-11-01T03:00:00Z');

const timing = fc.oneof(
  fc.integer({ min: 1, max: 7_200 }).map((intervalSeconds) => ({ intervalSeconds })),
  fc.constantFrom('* * * * *', '*/7 * * * *', '30 1 * * *', '15,45 0-3 * * *').map((cronExpression) => ({
    type: 'cron' as const,
    cronExpression,
    intervalSeconds: null,
    timezone: 'America/New_York',
  })),
);

const policies = fc.record({
  overlapPolicy: fc.constantFrom('skip', 'allow', 'buffer_one', 'buffer_all', 'cancel_running'),
  misfirePolicy: fc.constantFrom('fire_once', 'skip', 'fire_all'),
  misfireGraceSeconds: fc.constantFrom(0, 60, 3_600),
  catchupWindowSeconds: fc.constantFrom(0, 600, 86_400),
  maxCatchup: fc.constantFrom(0, 1, 100, 5_000),
  catchupOverride: fc.constantFrom(null, 'none', 'last', 'all'),
  jitterSeconds: fc.constantFrom(0, 90),
} as const);

const context = fc.record({
  sleptMs: fc.integer({ min: 0, max: 10 * 3_600_000 }),
  resumedMs: fc.integer({ min: 0, max: 10 * 3_600_000 }),
  active: fc.boolean(),
  activeCount: fc.integer({ min: 0, max: 2 }),
  heldCount: fc.integer({ min: 0, max: 2 }),
  excludedEvery: fc.constantFrom(0, 1, 2, 5),
  quotaLeft: fc.constantFrom(null, 0, 1, 7, 10_000),
});

interface Case {
  readonly schedule: Schedule;
  readonly recurrence: Recurrence;
  readonly context: FiringContext;
  readonly plan: FiringPlan;
}

const cases = fc.tuple(timing, policies, context).map(([when, how, given]): Case => {
  const unplanned = scheduleOf({ ...when, ...how, anchorAt: new Date(FROM_MS - 86_400_000) });
  const recurrence = compileRecurrence(scheduleSpecOf(unplanned), unplanned, unplanned.id);
  const first = recurrence.nextAfter(FROM_MS) ?? FROM_MS;
  const schedule = {
    ...unplanned,
    nextRunAt: new Date(first),
    updatedAt: new Date(FROM_MS + given.resumedMs),
  };
  const firing: FiringContext = {
    now: first + given.sleptMs,
    job: { active: given.active },
    runs: { activeCount: given.activeCount, heldCount: given.heldCount, blockingExecutionId: null },
    isExcluded: (instant) =>
      given.excludedEvery > 0 && Math.floor(instant / 60_000) % given.excludedEvery === 0 ? 'calendar' : null,
    quota: given.quotaLeft === null ? null : { left: given.quotaLeft, most: 10_000 },
  };
  return { schedule, recurrence, context: firing, plan: planFirings(schedule, recurrence, firing) };
});

const check = (holds: (given: Case) => void) => fc.assert(fc.property(cases, holds), { numRuns: 1_000 });
const covered = ({ reasonDetail }: PlannedFiring) => (reasonDetail?.count as number | undefined) ?? 1;

describe('every firing plan', () => {
  it('accounts for each due instant once, up to where it stops', () => {
    check(({ schedule, recurrence, context: { now }, plan }) => {
      const after = schedule.nextRunAt!.getTime() - 1;
      const stoppedAt = Math.min(now, (plan.nextRunAt ?? Infinity) - 1);
      const total = plan.firings.reduce((sum, firing) => sum + covered(firing), 0);
      expect(total).toBe(recurrence.countIn(after, stoppedAt));
    });
  });

  it('goes forward in time, without a slot twice, a future instant or one that is none', () => {
    check(({ recurrence, context: { now }, plan }) => {
      const slots = plan.firings.map(({ scheduledFor }) => scheduledFor);
      expect(slots).toEqual([...new Set(slots)].sort((a, b) => a - b));
      for (const slot of slots) {
        expect(slot).toBeLessThanOrEqual(now);
        expect(recurrence.countIn(slot - 1, slot)).toBe(1);
      }
    });
  });

  it('covers ranges that touch no other firing', () => {
    check(({ recurrence, plan }) => {
      let reached = -Infinity;
      for (const firing of plan.firings) {
        const from = Date.parse((firing.reasonDetail?.from as string) ?? '') || firing.scheduledFor;
        expect(from).toBeGreaterThan(reached);
        expect(recurrence.countIn(from - 1, firing.scheduledFor)).toBe(covered(firing));
        reached = firing.scheduledFor;
      }
    });
  });

  it('holds a bounded number of rows and moves on', () => {
    check(({ schedule, plan }) => {
      expect(plan.firings.length).toBeLessThanOrEqual(1_002);
      if (plan.nextRunAt !== null) expect(plan.nextRunAt).toBeGreaterThan(schedule.nextRunAt!.getTime());
    });
  });

  it('starts nothing before its instant, and nothing while the overlap policy forbids it', () => {
    check(({ schedule, context: { runs }, plan }) => {
      const starting = plan.firings.filter(({ state, hold }) => state === 'pending' && hold === null);
      for (const firing of plan.firings) expect(firing.dueAt).toBeGreaterThanOrEqual(firing.scheduledFor);
      const free = runs.activeCount + runs.heldCount > 0 ? 0 : 1;
      if (schedule.overlapPolicy !== 'allow') expect(starting.length).toBeLessThanOrEqual(free);
    });
  });

  it('starts no more runs than the quota has room for, and skips for it only where that is used up', () => {
    check(({ context: { quota }, plan }) => {
      const overQuota = plan.firings.filter(({ reason }) => reason === 'quota');
      const left = quota?.left ?? Infinity;
      expect(plan.firings.filter(({ state }) => state === 'pending')).toHaveLength(plan.runs);
      expect(plan.runs).toBeLessThanOrEqual(left);
      if (overQuota.length > 0) expect(plan.runs).toBe(left);
      for (const { state, hold } of overQuota) expect([state, hold]).toEqual(['skipped', null]);
    });
  });
});
