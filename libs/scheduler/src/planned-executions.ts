import { LOW_PRIORITY_LANE, newExecutionId, type NewExecution } from '@app/executions';
import type { DueSchedule, FiringPlan, PlannedFiring } from '@app/schedules';

const ID_RANDOM_BYTES = 16;

/** Gives that many random bytes. */
type Random = (bytes: number) => Uint8Array;

/** How a run that is due gets into the queue past those that wait. */
interface Places {
  readonly now: Date;
  readonly take: () => boolean;
}

/** The rows that a plan asks for. @param places without them all runs wait for their dispatch */
export function executionsOf(
  { schedule, job }: DueSchedule,
  plan: FiringPlan,
  random: Random,
  places?: Places,
): NewExecution[] {
  const hasPlace = (firing: PlannedFiring) =>
    places !== undefined && needsNoDispatch(firing, job, places.now) && places.take();
  const parameters = { ...job.parameters, ...schedule.parameters };
  const idOf = idsByInstant(plan.firings, random);
  return plan.firings.map((firing) => ({
    id: idOf.get(firing.scheduledFor)!,
    scheduledFor: new Date(firing.scheduledFor),
    service: job.service,
    jobId: job.id,
    jobVersion: job.version,
    scheduleId: schedule.id,
    trigger: firing.trigger,
    state: hasPlace(firing) ? 'queued' : firing.state,
    reason: firing.reason,
    reasonDetail: withBlockingId(firing, idOf),
    priority: firing.trigger === 'catchup' ? job.priority + LOW_PRIORITY_LANE : job.priority,
    dueAt: new Date(firing.dueAt),
    hold: firing.hold,
    maxAttempts: job.maxAttempts,
    parameters,
    retryOf: null,
    traceparent: null,
  }));
}

/** A live run that is due, of a job without a limit: nothing but room decides when it starts. */
function needsNoDispatch(firing: PlannedFiring, { isLimited }: DueSchedule['job'], now: Date): boolean {
  if (firing.state !== 'pending' || firing.trigger !== 'schedule' || firing.hold !== null) return false;
  return !isLimited && firing.dueAt <= now.getTime();
}

/** All ids first: with cancel_running a firing may be blocked by a later one of the same plan. */
function idsByInstant(firings: readonly PlannedFiring[], random: Random): ReadonlyMap<number, string> {
  return new Map(
    firings.map(({ scheduledFor }) => [
      scheduledFor,
      newExecutionId(new Date(scheduledFor), random(ID_RANDOM_BYTES)),
    ]),
  );
}

/** A plan knows another run of its own by instant only; here that run has its id. */
function withBlockingId(
  { reasonDetail }: PlannedFiring,
  idOf: ReadonlyMap<number, string>,
): NewExecution['reasonDetail'] {
  const blockingScheduledFor = reasonDetail?.['blockingScheduledFor'];
  if (typeof blockingScheduledFor !== 'string') return reasonDetail;
  return { blockingExecutionId: idOf.get(Date.parse(blockingScheduledFor)) ?? null };
}
