import { ProblemError } from '@app/platform/problem';

/** Unknown, deleted or not a UUID: a client learns no difference. */
export function jobNotFound(jobId: string): ProblemError {
  return new ProblemError('not_found', 'job_not_found', `There is no job ${jobId}.`);
}

export function jobNameTaken(name: string): ProblemError {
  const detail = `Another job is named ${JSON.stringify(name)}.`;
  return new ProblemError('conflict', 'job_name_taken', detail, [
    { pointer: '/name', code: 'job_name_taken', detail },
  ]);
}
