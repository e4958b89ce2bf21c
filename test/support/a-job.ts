import { DEFAULT_RETRY_POLICY, type JobSpec } from '@app/jobs';

/** Nobody listens there. */
const NOWHERE = 'http://127.0.0.1:9/';

let count = 0;

/** A job that prints `hello`, under a name of its own. */
export function aJob(spec: Partial<JobSpec> = {}): JobSpec {
  return {
    name: `job-${++count}`,
    description: '',
    tags: [],
    target: { type: 'command', command: process.execPath, args: ['-e', "console.log('hello')"] },
    parameters: {},
    retryPolicy: DEFAULT_RETRY_POLICY,
    timeoutMs: 30_000,
    priority: 5,
    maxConcurrency: null,
    deliveryGuarantee: 'at_least_once',
    ...spec,
  };
}

/** A job that calls `url`. */
export function aCall(url: string = NOWHERE, spec: Partial<JobSpec> = {}): JobSpec {
  return aJob({ target: { type: 'http', method: 'POST', url }, ...spec });
}
