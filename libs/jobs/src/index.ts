export type { DeliveryGuarantee, Job, JobSpec } from './domain/job.js';
export {
  type Backoff,
  DEFAULT_RETRY_POLICY,
  RETRY_CAUSES,
  retryDelayMs,
  type RetryCause,
  type RetryJitter,
  type RetryPolicy,
} from './domain/retry-policy.js';
export { JobEntity } from './job.entity.js';
export { JobLifecycle, type JobLifecycleListener } from './job-lifecycle.js';
export { JobsModule } from './jobs.module.js';
export { type ExpectedVersion, JobsService } from './jobs.service.js';
export type { JobFilter, JobWindow } from './jobs.repository.js';
export { JobsHttpModule } from './http/jobs-http.module.js';
export { IsAnyJson, IsParameters } from './http/rules/json-rules.js';
export { MayBeAbsent, Refuses } from './http/rules/refuses.js';
