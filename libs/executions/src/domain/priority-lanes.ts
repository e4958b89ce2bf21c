/** A job's priorities are 1–10. The low-priority lane, for catch-up runs and large bulk retries, is as much further down. */
export const LOW_PRIORITY_LANE = 10;

/** What is there waits for all others by design: no start of it is late. */
export function isInLowPriorityLane(priority: number): boolean {
  return priority > LOW_PRIORITY_LANE;
}

/** Highest value of `executions.priority`: the lane's 11–20 come last. */
export const LOWEST_PRIORITY = 20;
