import type { Principal } from '@app/access';
import { demandScopeToRun, type JobsService } from '@app/jobs';
import type { SchedulesService } from '../schedules.service.js';

/** Of whoever changes when the job of a schedule runs, as of whoever runs it. @throws ProblemError `scope_missing` */
export function demandScopeToReschedule(
  jobs: JobsService,
  schedules: SchedulesService,
  principal: Principal,
  scheduleId: string,
): Promise<void> {
  const jobIdOf = async () => (await schedules.get(principal.service, scheduleId)).jobId;
  return demandScopeToRun(jobs, principal, jobIdOf);
}
