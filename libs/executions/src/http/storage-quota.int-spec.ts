import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { waitFor } from '../../../../test/support/wait-for.js';
import { aJob } from '../../../../test/support/a-job.js';
import { insertExecution } from './testing/an-execution.js';
import { type Answer, type ExecutionsApp, startExecutionsApp } from './testing/executions-app.js';

describe('a service whose history takes more than its maxStoredBytes', () => {
  let app: ExecutionsApp;
  let jobId: string;

  beforeAll(async () => {
    app = await startExecutionsApp('api_and_worker');
    jobId = (await app.jobs.create('default', aJob())).id;
    await app.database.query(`UPDATE services SET max_stored_bytes = 1000 WHERE slug = 'default'`);
    await app.database.query(
      `INSERT INTO service_storage (service, bytes, counted_at) VALUES ('default', 1001, now())`,
    );
  }, 60_000);
  afterAll(() => app?.close());

  const execute = (): Promise<Answer> =>
    app.call('POST', `/jobs/${jobId}/execute`, undefined, { Prefer: 'wait=20' });

  it('is refused runs by hand, and nothing is stored', async () => {
    const { status, body } = await execute();
    expect([status, body]).toMatchObject([
      403,
      { code: 'quota_exceeded', errors: [{ pointer: '', code: 'maxStoredBytes' }] },
    ]);
    expect(await app.database.query('SELECT id FROM executions')).toEqual([]);
  });

  it('has the runs of its schedules all the same, without their output, and the log says why', async () => {
    const { lines, execution } = await scheduledRun();
    expect(execution).toMatchObject({
      state: 'succeeded',
      result: { exitCode: 0, output: '', truncated: true },
    });
    expect(lines).toEqual(['log truncated after 0 characters: the service has used up its maxStoredBytes']);
  });

  it('keeps output and takes runs by hand again once it has room', async () => {
    await app.database.query(`UPDATE service_storage SET bytes = 1000`);
    const kept = await waitFor(
      async () => {
        const { status, body } = await execute();
        const { output } = (body.result ?? {}) as { output?: string };
        return status === 200 && output === 'hello\n';
      },
      { timeoutMs: 30_000, describe: 'output to be kept again' },
    );
    expect(kept).toBe(true);
  });

  /** As a firer stores it. */
  async function scheduledRun() {
    const id = await insertExecution(app.database, { jobId, trigger: 'schedule', state: 'pending' });
    app.dispatcher.nudge();
    const execution = await waitFor(
      async () => {
        const { body } = await app.call('GET', `/executions/${id}`);
        return body.finishedAt !== null && body;
      },
      { timeoutMs: 20_000, describe: 'the run to end' },
    );
    const { body } = await app.call('GET', `/executions/${id}/logs`);
    return { execution, lines: (body.items as { text: string }[]).map(({ text }) => text) };
  }
});
