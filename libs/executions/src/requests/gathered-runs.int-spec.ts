import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { bindToActor, bindToService, runInRequestContext } from '@app/platform/request-context';
import { aJob } from '../../../../test/support/a-job.js';
import { waitFor } from '../../../../test/support/wait-for.js';
import type { Execution } from '../domain/execution.js';
import { type ExecutionsApp, startExecutionsApp } from '../http/testing/executions-app.js';
import type { RequestedRun } from './requested-run.js';

const GATHERED_AND_WAITING = `
  SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%jsonb_to_recordset%'`;

describe('runs that are asked for at the same time', () => {
  let app: ExecutionsApp;
  let jobId: string;

  beforeAll(async () => {
    app = await startExecutionsApp('api', 'postgres');
    await query(`INSERT INTO services (slug, name) VALUES ('other', 'Other')`);
    jobId = (await app.jobs.create('default', aJob())).id;
  });
  beforeEach(() => query('DELETE FROM executions'));
  afterAll(() => app.close());

  const query = <Row>(sql: string, parameters: unknown[] = []) => app.database.query<Row[]>(sql, parameters);
  const runs = () => query<{ id: string; service: string }>('SELECT id, service FROM executions ORDER BY id');

  /** As a request of its own, called `requestId`. */
  function ask(run: Partial<RequestedRun> = {}, requestId = 'r'): Promise<Execution | null> {
    const whole = { service: 'default', jobId, parameters: {}, traceparent: null, repeats: null, ...run };
    return runInRequestContext({ requestId, traceparent: null }, () => {
      bindToService(whole.service);
      bindToActor(`actor of ${requestId}`);
      return app.requestedRuns.insertNow({ mayStart: true, ...whole }, new Date());
    });
  }

  it('are made in one transaction, each with its own parameters, request and who asked', async () => {
    const requests = ['r1', 'r2', 'r3'];
    const made = await Promise.all(requests.map((request) => ask({ parameters: { of: request } }, request)));
    expect(made.map((run) => run!.parameters)).toEqual(requests.map((request) => ({ of: request })));
    expect(made[0]).toMatchObject({ trigger: 'manual', state: 'queued', delivery: 1, jobId });
    expect(await query('SELECT DISTINCT xmin FROM executions')).toHaveLength(1);
    const noted = `SELECT e.request_id AS run, a.request_id AS event, a.actor FROM executions e
                   JOIN audit_events a ON a.resource_id = e.id::text ORDER BY e.request_id`;
    expect(await query(noted)).toEqual(
      requests.map((request) => ({ run: request, event: request, actor: `actor of ${request}` })),
    );
  });

  it('are not kept from being made by one whose job is not there', async () => {
    const made = await Promise.all([ask(), ask({ jobId: randomUUID() }), ask()]);
    expect(made.map((run) => run?.jobId)).toEqual([jobId, undefined, jobId]);
    expect(await runs()).toHaveLength(2);
  });

  it('are not kept from being made by one that the database refuses', async () => {
    const refused = ask({ parameters: { text: '\u0000' } });
    const [first, second] = [ask(), ask()];
    await expect(refused).rejects.toThrow();
    expect([(await first)?.jobId, (await second)?.jobId]).toEqual([jobId, jobId]);
    expect(await runs()).toHaveLength(2);
  });

  it('do not wait for one whose job is being changed', async () => {
    const locked = await app.jobs.create('default', aJob());
    const { waiting } = await app.database.transaction(async (tx) => {
      await tx.query('SELECT FROM jobs WHERE id = $1 FOR UPDATE', [locked.id]);
      await tx.query('UPDATE jobs SET priority = 1 WHERE id = $1', [locked.id]);
      const waiting = ask({ jobId: locked.id });
      expect(await Promise.all([ask(), ask()])).toEqual([
        expect.objectContaining({ jobId }),
        expect.objectContaining({ jobId }),
      ]);
      // Another than the one that waits must be able to go meanwhile too.
      expect(await ask()).toMatchObject({ jobId });
      return { waiting };
    });
    expect(await waiting).toMatchObject({ jobId: locked.id, priority: 1 });
  });

  it('are of their own services only, each behind its wall', async () => {
    const otherJob = (await app.jobs.create('other', aJob())).id;
    const ofOther = { service: 'other', jobId: otherJob };
    const made = await Promise.all([
      ask(),
      ask(ofOther),
      ask({ service: 'other' }),
      ask({ jobId: otherJob }),
      ask(ofOther),
    ]);
    expect(made.map((run) => run?.jobId)).toEqual([jobId, otherJob, undefined, undefined, otherJob]);
    expect((await runs()).map(({ service }) => service).sort()).toEqual(['default', 'other', 'other']);
  });

  it('fill what is left of the minute exactly', async () => {
    await query(`UPDATE services SET max_runs_per_minute = 3 WHERE slug = 'other'`);
    const ofOther = { service: 'other', jobId: (await app.jobs.create('other', aJob())).id };
    const asked = await Promise.allSettled([1, 2, 3, 4, 5].map(() => ask(ofOther)));
    const refused = asked.filter(({ status }) => status === 'rejected');
    // A minute may end in between, so that others have room.
    const minutes = await query<{ runs: number }>(`SELECT runs FROM service_minutes WHERE service = 'other'`);
    expect(minutes.every((minute) => minute.runs <= 3)).toBe(true);
    expect(minutes.reduce((sum, minute) => sum + minute.runs, 0)).toBe(5 - refused.length);
    expect(await runs()).toHaveLength(5 - refused.length);
    for (const each of refused) expect(each).toMatchObject({ reason: { code: 'quota_exceeded' } });
  });

  it('are not asked for a second time when the connection is lost, for the first may have been made', async () => {
    const asked = await app.database.transaction(async (tx) => {
      await tx.query('LOCK TABLE audit_events IN EXCLUSIVE MODE');
      const asked = Promise.allSettled([ask(), ask()]);
      const [statement] = await waitFor(async () => {
        const waiting = await query<{ pid: number }>(GATHERED_AND_WAITING);
        return waiting.length > 0 && waiting;
      });
      await query('SELECT pg_terminate_backend($1)', [statement!.pid]);
      return { answers: await asked };
    });
    expect(asked.answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await runs()).toEqual([]);
  });
});
