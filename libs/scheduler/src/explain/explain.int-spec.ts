import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type ExecutionState, newExecutionId } from '@app/executions';
import { type Answer, type ExplainApp, startExplainApp } from './testing/explain-app.js';

/** Every ten minutes since 10:00, and it is 12:00:30. */
const CREATED = '2026-06-01T10:00:00.000Z';
const NOW = '2026-06-01T12:00:30.000Z';

let app: ExplainApp;
let jobId: string;
let scheduleId: string;

beforeAll(async () => {
  app = await startExplainApp();
});

afterAll(() => app?.close());

beforeEach(async () => {
  app.clock.set(CREATED);
  jobId = await app.createJob();
  scheduleId = await createSchedule();
});

async function createSchedule(): Promise<string> {
  app.clock.set(CREATED);
  const body = { type: 'cron', cronExpression: '*/10 * * * *', overlapPolicy: 'buffer_all' };
  const { status, body: schedule } = await app.call('POST', `/jobs/${jobId}/schedules`, body);
  expect({ status, schedule }).toMatchObject({ status: 201 });
  await nextRunAt(String(schedule.id), '12:10:00');
  app.clock.set(NOW);
  return String(schedule.id);
}

const at = (time: string) => `2026-06-01T${time}Z`;
const nextRunAt = (id: string, time: string | null) =>
  app.database.query('UPDATE schedules SET next_run_at = $2 WHERE id = $1', [id, time && at(time)]);

interface GivenRecord {
  readonly scheduledFor: string;
  readonly state: ExecutionState;
  readonly trigger?: string;
  readonly reason?: string;
  readonly detail?: object;
  readonly hold?: string;
  readonly createdAt?: string;
  readonly queuedAt?: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
}

/** Times within the day. */
async function record(given: GivenRecord): Promise<string> {
  const { scheduledFor, state, trigger = 'schedule', reason, detail, hold, createdAt = scheduledFor } = given;
  const id = newExecutionId(new Date(at(scheduledFor)), randomBytes(16));
  const instants = [scheduledFor, createdAt, given.queuedAt, given.startedAt, given.finishedAt];
  await app.database.query(
    `INSERT INTO executions (id, job_id, job_version, schedule_id, trigger, state, reason, reason_detail, hold, attempt,
                             max_attempts, scheduled_for, due_at, created_at, queued_at, started_at, finished_at, error,
                             cancel_requested_at)
     VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, 1, $10, $10, $11, $12, $13, $14,
             CASE WHEN $5 IN ('failed', 'timed_out') THEN '{"type": "timeout", "message": ""}'::jsonb END,
             CASE WHEN $5 = 'cancelled' THEN $14::timestamptz END)`,
    [
      id,
      jobId,
      scheduleId,
      trigger,
      state,
      reason,
      detail && JSON.stringify(detail),
      hold,
      given.startedAt ? 1 : 0,
      ...instants.map((time) => time && at(time)),
    ],
  );
  return id;
}

const explain = (query = '', id = scheduleId): Promise<Answer> =>
  app.call('GET', `/schedules/${id}/explain${query}`);

async function instantsOf(from: string, to: string): Promise<Record<string, unknown>[]> {
  const { status, body } = await explain(`?from=${at(from)}&to=${at(to)}`);
  expect({ status, body }).toMatchObject({ status: 200, body: { scheduleId, truncated: false } });
  return body.instants as Record<string, unknown>[];
}

async function instantOf(time: string): Promise<unknown> {
  const found = (await instantsOf('10:00:00', '13:00:00')).filter(({ scheduledFor }) => {
    return scheduledFor === new Date(at(time)).toISOString();
  });
  expect(found).toHaveLength(1);
  return found[0];
}

describe('an instant that ran', () => {
  it('is on time when it started within a second', async () => {
    const id = await record({
      scheduledFor: '11:00:00',
      createdAt: '11:00:00.010',
      queuedAt: '11:00:00.030',
      startedAt: '11:00:00.040',
      finishedAt: '11:00:02',
      state: 'succeeded',
    });
    expect(await instantOf('11:00:00')).toEqual({
      scheduledFor: '2026-06-01T11:00:00.000Z',
      verdict: 'ran',
      reason: null,
      executionId: id,
      state: 'succeeded',
      startDelayMs: 40,
      delays: { jitterMs: 0, firingMs: 10, overlapMs: 0, concurrencyMs: 0, dispatchMs: 20, queueMs: 10 },
      message: 'started on time, 40 ms after its instant, and succeeded',
    });
  });

  it('says where the time went when it was late, also when the run before lies outside the window', async () => {
    await record({
      scheduledFor: '10:50:00',
      queuedAt: '10:50:00',
      startedAt: '10:50:00',
      finishedAt: '11:00:30',
      state: 'succeeded',
    });
    await record({
      scheduledFor: '11:00:00',
      queuedAt: '11:00:30.020',
      startedAt: '11:00:35.020',
      finishedAt: '11:01:00',
      state: 'timed_out',
    });
    expect(await instantsOf('11:00:00', '11:05:00')).toMatchObject([
      {
        verdict: 'ran',
        startDelayMs: 35_020,
        delays: { overlapMs: 30_000, dispatchMs: 20, queueMs: 5_000 },
        message: 'started 35 s late (30 s for the run before to end, 5 s for a free worker) and timed out',
      },
    ]);
  });
});

describe('an instant that did not run', () => {
  it('names the run that was in the way', async () => {
    const blockingExecutionId = await record({ scheduledFor: '11:00:00', state: 'pending' });
    const skipped = { state: 'skipped', reason: 'overlap', detail: { blockingExecutionId } } as const;
    await record({ ...skipped, scheduledFor: '11:10:00', finishedAt: '11:10:00' });
    expect(await instantOf('11:10:00')).toMatchObject({
      verdict: 'skipped',
      reason: 'overlap',
      message: `skipped: the run of 2026-06-01T11:00:00Z, execution ${blockingExecutionId}, had not ended when this instant was looked at`,
    });
  });

  it('names the quota that was used up', async () => {
    const skipped = { state: 'skipped', reason: 'quota', detail: { maxRunsPerMinute: 10 } } as const;
    await record({ ...skipped, scheduledFor: '11:10:00', finishedAt: '11:10:00' });
    expect(await instantOf('11:10:00')).toMatchObject({
      verdict: 'skipped',
      reason: 'quota',
      message: 'skipped: its service had started the 10 runs that its maxRunsPerMinute allows in a minute',
    });
  });

  it('is explained by the record that it shares with others, whose slot may lie outside the window', async () => {
    const detail = { from: at('10:10:00'), to: at('11:50:00'), count: 11 };
    const missed = { state: 'missed', reason: 'misfire', detail, finishedAt: '12:00:00' } as const;
    const executionId = await record({ ...missed, scheduledFor: '11:50:00' });
    const instants = await instantsOf('10:05:00', '10:35:00');
    expect(instants).toHaveLength(3);
    for (const instant of instants) {
      expect(instant).toMatchObject({
        verdict: 'missed',
        reason: 'misfire',
        executionId,
        message: expect.stringMatching(
          /^missed, one of 11 instants from .*T10:10:00Z to .*T11:50:00Z: nothing fired it within 60 s/,
        ),
      });
    }
    expect(await instantOf('12:00:00')).toMatchObject({ verdict: 'not_recorded', reason: 'no_record' });
  });

  it('was cancelled before it started', async () => {
    const cancelled = { state: 'cancelled', reason: 'not needed', finishedAt: '11:00:01' } as const;
    await record({ ...cancelled, scheduledFor: '11:00:00' });
    expect(await instantOf('11:00:00')).toMatchObject({
      verdict: 'skipped',
      state: 'cancelled',
      message: 'cancelled before it started: not needed',
    });
  });
});

describe('an instant that waits', () => {
  it.each([
    [{ state: 'queued', queuedAt: '12:00:00' }, 'worker'],
    [{ state: 'pending', hold: 'overlap' }, 'overlap'],
    [{ state: 'pending', hold: 'concurrency' }, 'concurrency'],
    [{ state: 'pending' }, 'dispatch'],
  ] as const)('%j: for %s', async (given, reason) => {
    await record({ ...given, scheduledFor: '12:00:00' });
    expect(await instantOf('12:00:00')).toMatchObject({ verdict: 'waiting', reason, startDelayMs: null });
  });

  it('names the limit of the service whose room it waits for', async () => {
    await app.database.query(`UPDATE services SET max_concurrent_runs = 3`);
    await record({ state: 'pending', hold: 'concurrency', scheduledFor: '12:00:00' });
    expect(await instantOf('12:00:00')).toMatchObject({
      reason: 'concurrency',
      message: 'waiting for room within the maxConcurrentRuns of its service',
    });
    await app.database.query(`UPDATE services SET max_concurrent_runs = NULL`);
  });

  it('names the host that is away, and when it comes again', async () => {
    const id = await record({ state: 'pending', startedAt: '12:00:00', scheduledFor: '12:00:00' });
    await app.database.query(
      `UPDATE executions SET due_at = $2, error = '{"type": "circuit_open", "message": "not called: https://example.org did not answer"}'
       WHERE id = $1`,
      [id, at('23:00:00')],
    );
    expect(await instantOf('12:00:00')).toMatchObject({
      verdict: 'waiting',
      reason: 'circuit_open',
      message: 'not called: https://example.org did not answer; due again at 2026-06-01T23:00:00Z',
    });
  });

  it('for a scheduler that fires it', async () => {
    await nextRunAt(scheduleId, '12:00:00');
    expect(await instantOf('12:00:00')).toMatchObject({ verdict: 'waiting', reason: 'firing' });
  });
});

describe('what the firer wrote', () => {
  it('is read back: the misfires, the catch-up, and the instant that a calendar excludes', async () => {
    app.clock.set(null);
    await app.call('POST', '/calendars', { name: `now ${jobId}`, excludedWeekdays: [0, 1, 2, 3, 4, 5, 6] });
    const minutely = { type: 'interval', intervalSeconds: 60 };
    const plain = await app.call('POST', `/jobs/${jobId}/schedules`, minutely);
    const excluded = await app.call('POST', `/jobs/${jobId}/schedules`, {
      ...minutely,
      calendars: [`now ${jobId}`],
    });
    await app.database.query(
      `UPDATE schedules SET next_run_at = anchor_at - interval '10 minutes', anchor_at = anchor_at - interval '10 minutes',
                            created_at = created_at - interval '10 minutes'
       WHERE id = ANY($1)`,
      [[plain.body.id, excluded.body.id]],
    );
    await app.firer.fireDue();

    const verdictsOf = async ({ body }: Answer) => {
      const { instants } = (await explain('', String(body.id))).body;
      return (instants as { verdict: string; reason: string }[]).map(
        ({ verdict, reason }) => `${verdict} ${reason}`,
      );
    };
    const verdicts = await verdictsOf(plain);
    expect(new Set(verdicts)).toEqual(
      new Set(['missed misfire', 'waiting dispatch', 'skipped overlap', 'upcoming null']),
    );
    expect(verdicts.length).toBeGreaterThanOrEqual(10);
    expect((await verdictsOf(excluded)).at(-1)).toBe('skipped calendar');
  });
});

describe('the window', () => {
  it('is the day up to the next instant unless asked otherwise, from when the schedule was made', async () => {
    const day = { from: '2026-06-01T10:00:00.000Z', to: '2026-06-01T12:10:00.001Z' };
    expect((await explain()).body).toMatchObject(day);
    expect((await explain(`?from=${at('13:00:00')}`)).body).toMatchObject({ to: '2026-06-02T13:00:00.000Z' });
  });

  it('ends after a thousand instants, and says so', async () => {
    const { body } = await explain('?from=2026-06-01T12:05:00Z&to=2026-06-30T00:00:00Z');
    expect(body.truncated).toBe(true);
    expect(body.instants).toHaveLength(1_000);
  });

  it.each([
    [`?from=${NOW}&to=${NOW}`, '/to', 'not_after_from'],
    ['?from=2026-06-01T00:00:00Z&to=2026-07-03T00:00:00Z', '/to', 'window_too_long'],
    ['?from=yesterday', '/from', 'invalid_instant'],
    ['?form=x', '/form', 'unknown_property'],
  ])('%s is refused at %s', async (query, pointer, code) => {
    expect(await explain(query)).toMatchObject({ status: 400, body: { errors: [{ pointer, code }] } });
  });

  it('is of a schedule that is there', async () => {
    expect(await explain('', 'not-an-id')).toMatchObject({
      status: 404,
      body: { code: 'schedule_not_found' },
    });
  });

  it('shows the instants of a timing that is no longer', async () => {
    await record({ scheduledFor: '11:03:00', state: 'missed', reason: 'misfire', finishedAt: '11:10:00' });
    expect(await instantOf('11:03:00')).toMatchObject({ verdict: 'missed' });
  });
});
