import type { Circumstances } from './explanation.js';

/** Which limits a run may have waited for: history does not keep which of them it was. */
export function limitsText({ job, service }: Pick<Circumstances, 'job' | 'service'>): string {
  const limits = [
    job.maxConcurrency !== null && 'the maxConcurrency of its job',
    service.maxConcurrentRuns !== null && 'the maxConcurrentRuns of its service',
  ].filter((limit) => limit !== false);
  return limits.length > 0 ? limits.join(' or ') : 'a limit that is gone since';
}
