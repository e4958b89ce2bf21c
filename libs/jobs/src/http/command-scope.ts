import { demandScopes, type Principal } from '@app/access';
import type { JobSpec } from '../domain/job.js';
import type { JobsService } from '../jobs.service.js';

const COMMAND_SCOPES = ['commands:run'] as const;

/** Commands run on the machines of the workers: who makes or changes one needs more. @throws ProblemError `scope_missing` */
export function demandScopeForTargets(
  principal: Principal,
  ...jobs: readonly Pick<JobSpec, 'target'>[]
): void {
  if (jobs.some(({ target }) => target.type === 'command')) demandScopes(principal, COMMAND_SCOPES);
}

/**
 * The same for who runs or schedules a job; one that may run commands is spared the look. A job that is not there is for
 * the caller to find missing.
 * @throws ProblemError `scope_missing`
 */
export async function demandScopeToRun(
  jobs: JobsService,
  principal: Principal,
  jobIdOf: () => Promise<string> | string,
): Promise<void> {
  if (COMMAND_SCOPES.every((scope) => principal.scopes.has(scope))) return;
  const job = await jobs.findIncludingDeleted(principal.service, await jobIdOf());
  if (job) demandScopeForTargets(principal, job);
}
