import { isNoSuchDatabase, isPassingFailure } from './postgres-error.js';

/** Longer than a failover or a restart takes, and well before a startup probe gives up. */
const START_PATIENCE_MS = 180_000;

/**
 * Whether a process that starts tries to connect once more. Time decides and not the number of tries: a refused connection
 * fails at once, one that nobody answers after 5 s. What waiting does not mend, such as a wrong password, is not tried
 * again.
 * @param monotonicMs a clock that begins to count here
 */
export function startPatience(monotonicMs: () => number = () => performance.now()) {
  const endsAtMs = monotonicMs() + START_PATIENCE_MS;
  return (error: Error): boolean => mayPass(error) && monotonicMs() < endsAtMs;
}

/** On the first day an api may be there before the process that creates its database. */
function mayPass(error: Error): boolean {
  return isPassingFailure(error) || isNoSuchDatabase(error);
}
