import type { CommandContext } from '../runner.js';

/** Used when there is no PATH. */
export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * A command's whole environment. It never sees the service's own, which has DATABASE_URL and the like in it. HOME is
 * the run's own directory, since the service's home may contain credentials.
 */
export function commandEnvironment(
  jobEnv: Readonly<Record<string, string>>,
  context: CommandContext,
  workDirectory: string,
): Record<string, string> {
  return {
    PATH: process.env.PATH ?? DEFAULT_PATH,
    LANG: process.env.LANG ?? 'C.UTF-8',
    TZ: process.env.TZ ?? 'UTC',
    HOME: workDirectory,
    ...jobEnv,
    ...schedulerEnvironment(context),
  };
}

/** SCHEDULER_SCHEDULE_ID is empty for a run that did not come from a schedule, SCHEDULER_RETRY_OF for one that repeats none. */
function schedulerEnvironment(context: CommandContext): Record<string, string> {
  return {
    SCHEDULER_PARAMETERS: JSON.stringify(context.parameters),
    SCHEDULER_EXECUTION_ID: context.executionId,
    SCHEDULER_JOB_ID: context.jobId,
    SCHEDULER_JOB_NAME: context.jobName,
    SCHEDULER_SCHEDULE_ID: context.scheduleId ?? '',
    SCHEDULER_SCHEDULED_FOR: context.scheduledFor,
    SCHEDULER_ATTEMPT: String(context.attempt),
    SCHEDULER_MAX_ATTEMPTS: String(context.maxAttempts),
    SCHEDULER_TRIGGER: context.trigger,
    SCHEDULER_DEADLINE: context.deadline,
    SCHEDULER_RETRY_OF: context.retryOf ?? '',
    ...(context.traceparent === null ? {} : { TRACEPARENT: context.traceparent }),
  };
}
