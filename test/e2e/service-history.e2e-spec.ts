import { describe, expect, it } from '@jest/globals';
import { waitFor } from '../support/wait-for.js';
import { expectProblem } from './support/problems.js';
import type { Execution, Job } from './support/resources.js';
import { bodyOf, targetPath, useRunningService } from './support/running-service.js';

const EACH_SECOND = { type: 'interval', intervalSeconds: 1 };

const service = useRunningService();

describe('deleting a job', () => {
  it('ends its schedules: they are gone and fire no more', async () => {
    const [job, witness] = [await service.createJob(), await service.createJob()];
    const { id } = await service.createSchedule(job, EACH_SECOND);
    const clock = await service.createSchedule(witness, EACH_SECOND);
    await service.target.waitForRequests(targetPath(job), 1);

    bodyOf(204, await service.api.delete(`/jobs/${job.id}`));
    const deletedAt = Date.now();
    await service.target.waitForRequests(targetPath(witness), countOf(witness) + 3);
    bodyOf(204, await service.api.delete(`/schedules/${clock.id}`));

    expectProblem(await service.api.get(`/schedules/${id}`), { status: 404, code: 'schedule_not_found' });
    const schedules = await service.api.pages<{ id: string }>('/schedules?limit=200');
    expect(schedules.flatMap(({ items }) => items.map((schedule) => schedule.id))).not.toContain(id);
    const fired = (await service.executions(`scheduleId=${id}`)).map(({ scheduledFor }) => scheduledFor);
    expect(fired.filter((scheduledFor) => Date.parse(scheduledFor) > deletedAt)).toEqual([]);
  });

  it('cancels what waits and lets what runs come to its end', async () => {
    const job = await service.createJob({ maxConcurrency: 1 });
    const endRunning = service.target.hold(targetPath(job));
    const running = await service.execute(job);
    await service.target.waitForRequests(targetPath(job), 1);
    const waiting = await service.execute(job);

    bodyOf(204, await service.api.delete(`/jobs/${job.id}`));

    expect(await service.execution(waiting.id)).toMatchObject({
      state: 'cancelled',
      reason: 'job_deleted',
      attempt: 0,
    });
    endRunning();
    expect(await service.ended(running.id)).toMatchObject({ state: 'succeeded' });
    expect(service.target.requestsTo(targetPath(job))).toHaveLength(1);
  });

  it('keeps its history readable, and refuses to run it again', async () => {
    const job = await service.createCommand("console.error('why'); process.exit(1)");
    const execution = await service.run(job);
    const logs = await service.logs(execution.id);

    bodyOf(204, await service.api.delete(`/jobs/${job.id}`));

    expect(await service.execution(execution.id)).toEqual(execution);
    expect(await service.logs(execution.id)).toEqual(logs);
    const listed = await service.api.pages<Execution>(`/jobs/${job.id}/executions`);
    expect(listed.flatMap(({ items }) => items.map(({ id }) => id))).toEqual([execution.id]);
    expect(await service.executions(`jobId=${job.id}`)).toHaveLength(1);
    const retried = await service.api.post(`/executions/${execution.id}/retry`);
    expectProblem(retried, { status: 409, code: 'job_deleted' });
    const executed = await service.api.post(`/jobs/${job.id}/execute`);
    expectProblem(executed, { status: 404, code: 'job_not_found' });
  });

  it('frees its name', async () => {
    const { id, name } = await service.createJob();
    bodyOf(204, await service.api.delete(`/jobs/${id}`));
    const again = await service.createJob({ name });
    expect(again).toMatchObject({ name, version: 1 });
    expect(again.id).not.toBe(id);
  });
});

describe('a restart of npm start on the same data', () => {
  it('keeps jobs, schedules, history, logs and stored answers, and goes on firing', async () => {
    const ticking = await service.createJob();
    await service.createSchedule(ticking, {
      ...EACH_SECOND,
      misfirePolicy: 'fire_all',
      misfireGraceSeconds: 0,
    });
    const missed = await service.createJob();
    const onceAt = new Date(Date.now() + 3_000).toISOString();
    await service.createSchedule(missed, { type: 'one_time', runAt: onceAt });
    const kept = await service.createCommand("console.log('kept')");
    const { id } = await service.run(kept);
    const key = { 'Idempotency-Key': 'across-a-restart' };
    const request = { name: service.newName(), target: service.httpTarget('/') };
    const stored = bodyOf(201, await service.api.post('/jobs', request, key));
    await service.target.waitForRequests(targetPath(ticking), 2);
    const before = await snapshot(id);
    const calledBefore = countOf(ticking);

    await service.restart();

    expect(await snapshot(id)).toEqual(before);
    const replayed = await service.api.post('/jobs', request, key);
    expect(bodyOf(201, replayed)).toEqual(stored);
    expect(replayed.headers.get('Idempotent-Replayed')).toBe('true');
    await service.target.waitForRequests(targetPath(ticking), calledBefore + 3);
    const [late] = await service.target.waitForRequests(targetPath(missed), 1);
    expect(late?.headers['x-scheduler-scheduled-for']).toBe(onceAt);
    await expectEveryInstantAccountedFor(ticking);
  });

  async function snapshot(executionId: string): Promise<object> {
    const jobs = await service.api.pages<Job>('/jobs?limit=200');
    const deleted = await service.executions('state=cancelled');
    return {
      jobs,
      deleted,
      execution: await service.execution(executionId),
      logs: await service.logs(executionId),
    };
  }

  /** With `fire_all`, each second from the first instant to the last was run exactly once, restart or not. */
  async function expectEveryInstantAccountedFor({ id }: Job): Promise<void> {
    bodyOf(204, await service.api.delete(`/jobs/${id}`));
    const executions = await waitFor(async () => {
      const found = await service.executions(`jobId=${id}`);
      return found.every(({ finishedAt }) => finishedAt !== null) && found;
    });
    const instants = executions.map(({ scheduledFor }) => Date.parse(scheduledFor)).reverse();
    expect(instants).toEqual(instants.map((_, k) => (instants[0] ?? 0) + k * 1_000));
    expect(executions.map(({ state }) => state)).not.toContain('missed');
  }
});

function countOf(job: Job): number {
  return service.target.requestsTo(targetPath(job)).length;
}
