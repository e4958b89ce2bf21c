import { describe, expect, it } from '@jest/globals';
import { waitFor } from '../support/wait-for.js';
import type { Execution, Job } from './support/resources.js';
import { bodyOf, targetPath, useRunningService } from './support/running-service.js';

interface BulkOperation {
  readonly id: string;
  readonly state: string;
  readonly matched: number;
  readonly done: number;
  readonly skipped: number;
  readonly finishedAt: string | null;
}

const service = useRunningService();

/** Asks for a bulk operation and waits until the workers have performed it. */
async function performed(body: object): Promise<BulkOperation> {
  const { id } = bodyOf(202, await service.api.post<BulkOperation>('/bulk-operations', body));
  return waitFor(
    async () => {
      const operation = bodyOf(200, await service.api.get<BulkOperation>(`/bulk-operations/${id}`));
      return operation.finishedAt !== null && operation;
    },
    { timeoutMs: 20_000, describe: 'the bulk operation to be performed' },
  );
}

const asked = (job: Job, count: number): Promise<Execution[]> =>
  Promise.all(Array.from({ length: count }, () => service.execute(job)));

describe('a bulk cancel', () => {
  it('ends what runs and what waits, and each shows how', async () => {
    const job = await service.createJob();
    service.target.answer(targetPath(job), { hang: true });
    const executions = await asked(job, 12);
    await service.target.waitForRequests(targetPath(job), 1);

    const operation = await performed({ action: 'cancel', filter: { jobId: job.id }, reason: 'all of it' });
    expect(operation).toMatchObject({ state: 'succeeded', matched: 12, done: 12, skipped: 0 });
    const ended = await Promise.all(executions.map(({ id }) => service.ended(id)));
    expect(ended.map(({ state }) => state)).toEqual(Array.from({ length: 12 }, () => 'cancelled'));
    for (const { cancellation, startedAt } of ended) {
      expect(cancellation).toMatchObject({ requestedBy: 'anonymous', reason: 'all of it', forcedAt: null });
      const times = [cancellation?.deliveredAt, cancellation?.acknowledgedAt];
      expect(times.every((at) => typeof at === 'string')).toBe(startedAt !== null);
    }
    expect(ended.some(({ startedAt }) => startedAt !== null)).toBe(true);
  });
});

describe('a bulk retry', () => {
  it('repeats what failed once, and then finds nothing', async () => {
    const job = await service.createJob();
    service.target.answer(targetPath(job), { status: 500 });
    const failed = await Promise.all((await asked(job, 5)).map(({ id }) => service.ended(id)));
    expect(failed.every(({ state }) => state === 'failed')).toBe(true);
    service.target.answer(targetPath(job), { status: 200 });

    const body = { action: 'retry', filter: { jobId: job.id, state: ['failed'] } };
    const plan = bodyOf(
      200,
      await service.api.post<BulkOperation>('/bulk-operations', { ...body, dryRun: true }),
    );
    expect(plan.matched).toBe(5);
    expect(await performed(body)).toMatchObject({ state: 'succeeded', done: 5 });
    const repeated = await service.executions(`jobId=${job.id}&trigger=retry`);
    expect(repeated.map(({ retryOf }) => retryOf).sort()).toEqual(failed.map(({ id }) => id).sort());
    for (const { id } of repeated) expect(await service.ended(id)).toMatchObject({ state: 'succeeded' });
    expect(await performed(body)).toMatchObject({ matched: 0, done: 0 });
  });
});
