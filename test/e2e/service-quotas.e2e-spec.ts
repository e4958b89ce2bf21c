import { afterEach, describe, expect, it } from '@jest/globals';
import { waitFor } from '../support/wait-for.js';
import type { Answer } from './support/api-client.js';
import type { Execution, Job } from './support/resources.js';
import { bodyOf, useRunningService } from './support/running-service.js';

interface Used {
  readonly used: number | null;
  readonly limit: number | null;
}

type Usage = Readonly<
  Record<
    'jobs' | 'schedules' | 'runsPerMinute' | 'concurrentRuns' | 'storedBytes',
    Used & { countedAt?: string }
  >
>;

interface Problem {
  readonly code: string;
  readonly errors: readonly { readonly pointer: string; readonly code: string }[];
}

const NO_LIMITS = {
  maxJobs: null,
  maxSchedules: null,
  minIntervalSeconds: null,
  maxRunsPerMinute: null,
  maxStoredBytes: null,
};

const service = useRunningService();

const limit = async (limits: object): Promise<void> => {
  bodyOf(200, await service.api.patch('/services/default', limits));
};
const usage = async (): Promise<Usage> => bodyOf(200, await service.api.get('/services/default/usage'));
const execute = (job: Job): Promise<Answer<Execution & Problem>> =>
  service.api.post(`/jobs/${job.id}/execute`);

/** As many as it takes: a minute may end in between. */
async function executeUntilRefused(job: Job): Promise<Answer<Problem>> {
  return waitFor(
    async () => {
      const answer = await execute(job);
      return answer.status !== 202 && answer;
    },
    { timeoutMs: 20_000, describe: 'a run to be refused' },
  );
}

describe('the quotas of a service', () => {
  afterEach(() => limit(NO_LIMITS));

  it('refuse at the field what is too much, and say how long to wait where waiting helps', async () => {
    const job = await service.createJob();
    await limit({ minIntervalSeconds: 60, maxRunsPerMinute: 2 });
    const body = { type: 'cron', cronExpression: '*/30 * * * * *' };
    const often = await service.api.post<Problem>(`/jobs/${job.id}/schedules`, body);
    expect([often.status, often.body]).toMatchObject([
      403,
      { code: 'quota_exceeded', errors: [{ pointer: '/cronExpression', code: 'minIntervalSeconds' }] },
    ]);
    const refused = await executeUntilRefused(job);
    expect([refused.status, refused.body]).toMatchObject([
      429,
      { code: 'quota_exceeded', errors: [{ pointer: '', code: 'maxRunsPerMinute' }] },
    ]);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(refused.headers.get('content-type')).toMatch('application/problem+json');
  });

  it('turn an instant beyond them into a record that explain tells', async () => {
    const job = await service.createJob();
    await limit({ maxRunsPerMinute: 0 });
    const schedule = await service.createSchedule(job, { type: 'interval', intervalSeconds: 1 });
    const skipped = await waitFor(
      async () => (await service.executions(`scheduleId=${schedule.id}&state=skipped`)).length > 1,
      { timeoutMs: 20_000, describe: 'skipped instants' },
    );
    expect(skipped).toBe(true);
    const [record] = await service.executions(`scheduleId=${schedule.id}`);
    expect(record).toMatchObject({
      state: 'skipped',
      reason: 'quota',
      reasonDetail: { maxRunsPerMinute: 0 },
    });
    const { instants } = bodyOf(
      200,
      await service.api.get<{ instants: { verdict: string; reason: string; message: string }[] }>(
        `/schedules/${schedule.id}/explain`,
      ),
    );
    const explained = instants.find(({ reason }) => reason === 'quota');
    expect(explained?.verdict).toBe('skipped');
    expect(explained?.message).toMatch('maxRunsPerMinute');
    bodyOf(204, await service.api.delete(`/schedules/${schedule.id}`));
  });

  it('are shown beside what is used of them', async () => {
    const before = await usage();
    expect(before).toMatchObject({
      jobs: { limit: null },
      runsPerMinute: { used: null, limit: null },
      concurrentRuns: { used: expect.any(Number), limit: null },
      storedBytes: { used: null, limit: null, countedAt: null },
    });
    const job = await service.createJob();
    await service.createSchedule(job, { type: 'interval', intervalSeconds: 3_600 });
    await limit({ maxJobs: 500, maxRunsPerMinute: 50 });
    bodyOf(202, await execute(job));
    const after = await usage();
    expect(after.jobs).toEqual({ used: (before.jobs.used ?? 0) + 1, limit: 500 });
    expect(after.schedules).toEqual({ used: (before.schedules.used ?? 0) + 1, limit: null });
    expect(after.runsPerMinute.limit).toBe(50);
    expect([0, 1, 2, 3]).toContain(after.runsPerMinute.used);
    const own = bodyOf(200, await service.api.get<Usage>('/usage'));
    expect(own).toMatchObject({ service: 'default', jobs: after.jobs, schedules: after.schedules });
    const unknown = await service.api.get<Problem>('/services/nobody/usage');
    expect([unknown.status, unknown.body.code]).toEqual([404, 'service_not_found']);
  });
});
