import { instantIn, patchedRequest, replacingRequest } from '@app/platform/http';
import type { Schedule } from '../domain/schedule.js';
import type { WantedSchedule } from '../schedule-definition.js';
import { ScheduleRequest } from './schedule.request.js';
import { toScheduleResponse } from './schedule.response.js';
import type { ScheduleTimingRequest } from './schedule-timing.request.js';

/** A valid request as what its client decided, defaults filled in. */
export function toWantedSchedule(request: ScheduleRequest): WantedSchedule {
  return {
    ...toTiming(request),
    parameters: request.parameters ?? {},
    jitterSeconds: request.jitterSeconds ?? 0,
    overlapPolicy: request.overlapPolicy ?? 'skip',
    misfirePolicy: request.misfirePolicy ?? 'fire_once',
    misfireGraceSeconds: request.misfireGraceSeconds ?? 60,
    catchupWindowSeconds: request.catchupWindowSeconds ?? 86_400,
    maxCatchup: request.maxCatchup ?? 100,
    maxRuns: request.maxRuns ?? null,
    calendars: request.calendars ?? [],
    active: request.active,
  };
}

function toTiming(request: ScheduleTimingRequest) {
  return {
    type: request.type,
    cronExpression: request.cronExpression ?? null,
    intervalSeconds: request.intervalSeconds ?? null,
    runAt: instantIn(request.runAt),
    timezone: request.timezone ?? 'UTC',
    startAt: instantIn(request.startAt),
    endAt: instantIn(request.endAt),
    dstGap: request.dstGap ?? 'next_valid',
    dstOverlap: request.dstOverlap ?? 'first',
  } as const;
}

/** The schedule that a whole one takes the place of. @throws ProblemError `validation_failed` */
export async function replacingSchedule(schedule: Schedule, body: unknown): Promise<WantedSchedule> {
  return toWantedSchedule(await replacingRequest(ScheduleRequest, replacedOf(schedule), body));
}

/** The schedule after a merge patch. @throws ProblemError `validation_failed` */
export async function patchedSchedule(schedule: Schedule, patch: unknown): Promise<WantedSchedule> {
  return toWantedSchedule(await patchedRequest(ScheduleRequest, replacedOf(schedule), patch));
}

/** The members of a schedule that move on as it fires, which is no new version. */
const MOVING = ['nextRunAt', 'lastRunAt', 'runCount'] as const;

function replacedOf(schedule: Schedule) {
  return { request: requestOf(schedule), response: toScheduleResponse(schedule), moving: MOVING };
}

/** What a client would send to get this very schedule: the document that a merge patch applies to. */
function requestOf(schedule: Schedule): Readonly<Record<keyof ScheduleRequest, unknown>> {
  return {
    type: schedule.type,
    cronExpression: schedule.cronExpression,
    intervalSeconds: schedule.intervalSeconds,
    runAt: schedule.runAt?.toISOString(),
    timezone: schedule.timezone,
    startAt: schedule.startAt?.toISOString(),
    endAt: schedule.endAt?.toISOString(),
    parameters: schedule.parameters,
    jitterSeconds: schedule.jitterSeconds,
    overlapPolicy: schedule.overlapPolicy,
    misfirePolicy: schedule.misfirePolicy,
    misfireGraceSeconds: schedule.misfireGraceSeconds,
    catchupWindowSeconds: schedule.catchupWindowSeconds,
    maxCatchup: schedule.maxCatchup,
    dstGap: schedule.dstGap,
    dstOverlap: schedule.dstOverlap,
    maxRuns: schedule.maxRuns,
    calendars: schedule.calendars,
    // Stays as it is unless it is asked for: a finished schedule may start again by another change.
    active: undefined,
  };
}
