import type { JobRequest } from './job.request.js';

interface Example {
  readonly summary: string;
  readonly value: unknown;
}

const httpJob: JobRequest = {
  name: 'check-health',
  description: 'Asks this service whether it is alive.',
  tags: ['example'],
  target: { type: 'http', method: 'GET', url: 'http://127.0.0.1:3000/health/live' },
  retryPolicy: { maxAttempts: 3, backoff: 'exponential', initialDelayMs: 1_000 },
  timeoutMs: 10_000,
};

const commandJob: JobRequest = {
  name: 'say-hello',
  target: { type: 'command', command: 'node', args: ['-e', "console.log('hello')"] },
  parameters: { greeting: 'hello' },
};

/** Bodies that Swagger UI's "Try it out" sends as they stand; they work on a service started with `npm start`. */
export const JOB_EXAMPLES: Readonly<Record<string, Example>> = {
  http: { summary: 'A job that calls an HTTP endpoint', value: httpJob },
  command: { summary: 'A job that runs a program', value: commandJob },
};

export const JOB_PATCH_EXAMPLES: Readonly<Record<string, Example>> = {
  calmer: {
    summary: 'More attempts, later in the queue',
    value: { priority: 8, retryPolicy: { maxAttempts: 5 } },
  },
};
