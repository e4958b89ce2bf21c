import { describe, expect, it } from '@jest/globals';
import { loadConfig } from '@app/platform/config';
import { register } from 'prom-client';
import type { Claim } from '../domain/claim.js';
import type { Attempt } from '../domain/execution.js';
import type { Finished } from '../domain/settlement.js';
import { JobMetrics } from './job-metrics.js';

const attempt = { startedAt: '2026-01-01T00:00:00.000Z', finishedAt: '2026-01-01T00:00:02.500Z' } as Attempt;
const succeeded = { type: 'finished', state: 'succeeded' } as Finished;

function settle(metrics: JobMetrics, job: string): void {
  metrics.settled({ jobId: job, jobName: job, service: 'default' } as Claim, succeeded, attempt);
}

describe('gauges per job', () => {
  it('are not there unless asked for', async () => {
    settle(new JobMetrics(loadConfig({})), 'nobody');
    expect(await register.metrics()).not.toContain('job_name="nobody"');
  });

  it('are kept for the first jobs, and the others are counted', async () => {
    const metrics = new JobMetrics(loadConfig({ METRICS_PER_JOB: '2' }));
    for (const job of ['one', 'two', 'three', 'one']) settle(metrics, job);
    const text = await register.metrics();
    expect(text).toContain(
      'scheduler_job_last_attempt_duration_seconds{service="default",job_name="one"} 2.5',
    );
    expect(text).toContain('job_name="two",state="succeeded"');
    expect(text).not.toContain('job_name="three"');
    expect(text).toContain('scheduler_job_runs_unmeasured_total 1');
  });
});
