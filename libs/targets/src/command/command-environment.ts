import type { CommandContext } from '../runner.js';

/** Where nothing names a PATH. */
export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * All that a command finds in its environment. The service's own never reaches it: DATABASE_URL and its like are in
 * there. HOME is the run's own directory, since the service's may hold credentials.
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

/** SCHEDULER_SCHEDULE_ID is empty for a run that no schedule asked for. */
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
    ...(context.traceparent === null ? {} : { TRACEPARENT: context.traceparent }),
  };
}
