import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { queueBackendsUnderTest } from '../../../../test/support/test-redis.js';
import { TargetServer } from '../../../../test/support/target-server.js';
import { waitFor } from '../../../../test/support/wait-for.js';
import { aJob } from '../../../../test/support/a-job.js';
import { insertExecution } from './testing/an-execution.js';
import { type Answer, type ExecutionsApp, startExecutionsApp } from './testing/executions-app.js';

type Cancellation = Record<
  'requestedAt' | 'requestedBy' | 'reason' | 'deliveredAt' | 'acknowledgedAt' | 'forcedAt',
  string | null
>;

const WORKS = 'setInterval(() => {}, 1_000); console.log("up")';
const IGNORES_SIGTERM = `process.on("SIGTERM", () => {}); ${WORKS}`;

describe.each(queueBackendsUnderTest())('a cancel, queue on %s', (backend) => {
  let app: ExecutionsApp;
  let target: TargetServer | undefined;

  beforeAll(async () => {
    app = await startExecutionsApp('api_and_worker', backend);
  });
  afterAll(async () => {
    await app.close();
    await target?.stop();
  });

  /** A run that has said that it is up: a signal before that would end it whatever it does with signals. */
  async function running(script: string): Promise<string> {
    const target = { type: 'command', command: process.execPath, args: ['-e', script] } as const;
    const job = await app.jobs.create('default', aJob({ target }));
    const { body } = await app.call('POST', `/jobs/${job.id}/execute`);
    const path = `/executions/${String(body.id)}`;
    await waitFor(async () => ((await app.call('GET', `${path}/logs`)).body.items as unknown[]).length > 0);
    return path;
  }

  const cancel = (path: string, reason?: string): Promise<Answer> =>
    app.call('POST', `${path}/cancel`, reason === undefined ? undefined : { reason });

  const whenFinal = (path: string): Promise<Record<string, unknown>> =>
    waitFor(
      async () => {
        const { body } = await app.call('GET', path);
        return body.finishedAt !== null && body;
      },
      { timeoutMs: 25_000 },
    );

  it('is delivered to a running command within two seconds and acknowledged by its end', async () => {
    const path = await running(WORKS);
    const { status, body } = await cancel(path, 'a mistake');
    expect(status).toBe(200);
    expect(body.cancellation).toMatchObject({
      requestedBy: 'anonymous',
      reason: 'a mistake',
      forcedAt: null,
    });

    const ended = await whenFinal(path);
    const proof = ended.cancellation as Cancellation;
    expect(ended.state).toBe('cancelled');
    expect(proof).toMatchObject({ requestedBy: 'anonymous', reason: 'a mistake', forcedAt: null });
    const [requested, delivered, acknowledged] = [
      proof.requestedAt,
      proof.deliveredAt,
      proof.acknowledgedAt,
    ].map((at) => Date.parse(String(at)));
    expect(delivered! - requested!).toBeGreaterThanOrEqual(0);
    expect(delivered! - requested!).toBeLessThan(2_000);
    expect(acknowledged!).toBeGreaterThanOrEqual(delivered!);
  });

  it('asked for twice keeps who asked first', async () => {
    const path = await running(IGNORES_SIGTERM);
    const first = await cancel(path, 'first');
    const second = await cancel(path, 'second');
    expect(second.status).toBe(200);
    expect(second.body.cancellation).toMatchObject({
      requestedAt: (first.body.cancellation as Cancellation).requestedAt,
      reason: 'first',
    });

    const ended = await whenFinal(path);
    expect(ended).toMatchObject({ state: 'cancelled', result: { exitCode: null } });
    expect(ended.cancellation).toMatchObject({
      deliveredAt: expect.any(String),
      acknowledgedAt: null,
      forcedAt: expect.any(String),
    });
    expect(await cancel(path)).toMatchObject({ status: 409, body: { code: 'execution_finished' } });
  }, 40_000);

  it('comes too late for a run that has ended, and leaves no trace on it', async () => {
    const path = await running('console.log("up")');
    await whenFinal(path);
    expect(await cancel(path)).toMatchObject({ status: 409 });
    expect((await app.call('GET', path)).body).toMatchObject({ state: 'succeeded', cancellation: null });
  });

  it('that the run is faster than stays on record, and is not why the run ended', async () => {
    target = await TargetServer.start();
    const release = target.hold('/slow');
    const { requests } = target;
    const call = { method: 'POST', url: target.url('/slow'), headers: {}, successStatus: ['2xx'] } as const;
    const job = await app.jobs.create(
      'default',
      aJob({ target: { type: 'http', ...call, followRedirects: false } }),
    );
    const { body } = await app.call('POST', `/jobs/${job.id}/execute`);
    const path = `/executions/${String(body.id)}`;
    await waitFor(() => requests.length > 0);
    expect((await cancel(path)).status).toBe(200);
    release();

    const { state, reason, cancellation } = await whenFinal(path);
    // A worker that looked for cancels between the two was faster than the run.
    expect([state, reason]).toEqual(state === 'cancelled' ? [state, 'requested'] : ['succeeded', null]);
    expect(cancellation).toMatchObject({ requestedBy: 'anonymous' });
  });

  it('of a waiting run needs no worker', async () => {
    const { id: jobId } = await app.jobs.create('default', aJob());
    const id = await insertExecution(app.database, { jobId, state: 'queued' });
    const { body } = await cancel(`/executions/${id}`);
    expect(body).toMatchObject({
      state: 'cancelled',
      reason: 'requested',
      cancellation: { reason: null, deliveredAt: null, acknowledgedAt: null, forcedAt: null },
    });
  });
});
