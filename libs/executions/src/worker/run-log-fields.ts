import type { Claim } from '../domain/claim.js';

/**
 * What a line about a run says of it. Handed to each line rather than carried along by an AsyncLocalStorage: as soon as a
 * process enters one, Node before 24 has work with every promise, a seventh of what a run costs.
 */
export function runLogFields(claim: Claim): Record<string, string | number | null> {
  const { service, jobId, scheduleId, id, attempt, requestId } = claim;
  const run = { service, jobId, scheduleId, executionId: id, attempt };
  return requestId === null ? run : { ...run, requestId };
}
