import { patchedRequest, replacingRequest } from '@app/platform/http';
import type { Job, JobSpec } from '../domain/job.js';
import { JobRequest } from './job.request.js';
import { toJobResponse } from './job.response.js';
import { toRetryPolicy } from './retry-policy.request.js';
import { toTarget } from './target.request.js';

const DEFAULT_TIMEOUT_MS = 3_600_000;
const DEFAULT_PRIORITY = 5;

/** A valid request as a job's spec, defaults filled in. */
export function toJobSpec(request: JobRequest): JobSpec {
  return {
    name: request.name,
    description: request.description ?? '',
    tags: request.tags ?? [],
    target: toTarget(request.target),
    parameters: request.parameters ?? {},
    retryPolicy: toRetryPolicy(request.retryPolicy),
    timeoutMs: request.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    priority: request.priority ?? DEFAULT_PRIORITY,
    maxConcurrency: request.maxConcurrency ?? null,
    deliveryGuarantee: request.deliveryGuarantee ?? 'at_least_once',
    active: request.active,
  };
}

/** The job that a whole one takes the place of. @throws ProblemError `validation_failed` */
export async function replacingJobSpec(job: Job, body: unknown): Promise<JobSpec> {
  return toJobSpec(await replacingRequest(JobRequest, replacedOf(job), body));
}

/** The job after a merge patch. @throws ProblemError `validation_failed` */
export async function patchedJobSpec(job: Job, patch: unknown): Promise<JobSpec> {
  return toJobSpec(await patchedRequest(JobRequest, replacedOf(job), patch));
}

function replacedOf(job: Job) {
  return { request: requestOf(job), response: toJobResponse(job) };
}

/** What a client would send to get this very job: the document that a merge patch applies to. */
function requestOf(job: Job): Readonly<Record<keyof JobRequest, unknown>> {
  return {
    name: job.name,
    description: job.description,
    tags: job.tags,
    target: job.target,
    parameters: job.parameters,
    retryPolicy: job.retryPolicy,
    timeoutMs: job.timeoutMs,
    priority: job.priority,
    maxConcurrency: job.maxConcurrency,
    deliveryGuarantee: job.deliveryGuarantee,
    active: job.active,
  };
}
