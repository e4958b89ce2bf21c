import { demandScopes, type Principal } from '@app/access';
import type { JobSpec } from '../domain/job.js';
import type { JobsService } from '../jobs.service.js';

const COMMAND_SCOPES = ['commands:run'] as const;

export function mayRunCommands(principal: Principal): boolean {
  return COMMAND_SCOPES.every((scope) => principal.scopes.has(scope));
}

/** Commands run on the machines of the workers: who makes or changes one needs more. @throws ProblemError `scope_missing` */
export function demandScopeForTargets(
  principal: Principal,
  ...jobs: readonly Pick<JobSpec, 'target'>[]
): void {
  if (jobs.some(({ target }) => target.type === 'command')) demandScopes(principal, COMMAND_SCOPES);
}

/**
 * The same for who runs, schedules or activates a job; one that may run commands is spared the look. A job that is not
 * there is for the caller to find missing.
 * @throws ProblemError `scope_missing`
 */
export async function demandScopeToRun(
  jobs: JobsService,
  principal: Principal,
  jobIdOf: () => Promise<string> | string,
): Promise<void> {
  if (mayRunCommands(principal)) return;
  const job = await jobs.findIncludingDeleted(principal.service, await jobIdOf());
  if (job) demandScopeForTargets(principal, job);
}

/**
 * The same for who runs many jobs at once.
 * @param hasCommands whether any of them is a command; asked only of who may not run one
 * @throws ProblemError `scope_missing`
 */
export async function demandScopeToRunAll(
  principal: Principal,
  hasCommands: () => Promise<boolean>,
): Promise<void> {
  if (!mayRunCommands(principal) && (await hasCommands())) demandScopes(principal, COMMAND_SCOPES);
}
