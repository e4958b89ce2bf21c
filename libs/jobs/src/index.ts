export type { Job, JobSpec } from './domain/job.js';
export { DEFAULT_RETRY_POLICY, retryDelayMs, type RetryPolicy } from './domain/retry-policy.js';
export { JobLifecycle, type JobLifecycleListener, type OwnedJob } from './job-lifecycle.js';
export { jobNotFound } from './jobs.errors.js';
export { JobsModule } from './jobs.module.js';
export { JobsService } from './jobs.service.js';
export { demandScopeToRun, demandScopeToRunAll, mayRunCommands } from './http/command-scope.js';
export { JobsHttpModule } from './http/jobs-http.module.js';
export { IsParameters } from './http/rules/json-rules.js';
