import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { useDatabase } from '../../../../test/support/use-database.js';
import { waitFor } from '../../../../test/support/wait-for.js';
import { newExecutionId } from '../domain/execution-id.js';
import { PartitionsRepository } from './partitions.repository.js';

const DAY_MS = 86_400_000;
const RETENTION_DAYS = 30;
const GOES_ON = new AbortController().signal;

describe('the partitions of history', () => {
  const { dataSource } = useDatabase({ poolSize: 3 });
  const partitions = new PartitionsRepository(dataSource);

  beforeEach(() => dataSource.query('TRUNCATE executions, execution_logs'));

  const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS);

  const makeWeekOf = (instant: Date) =>
    dataSource.query(`SELECT ensure_weekly_partitions('executions', $1, $1)`, [instant]);

  const insert = (scheduledFor: Date, state: 'succeeded' | 'pending') =>
    dataSource.query(
      `INSERT INTO executions (id, scheduled_for, job_id, job_version, trigger, state, due_at, max_attempts, finished_at)
       VALUES ($1, $2, $3, 1, 'manual', $4, $2, 1, $5)`,
      [
        newExecutionId(scheduledFor, randomBytes(16)),
        scheduledFor,
        uuidv7(),
        state,
        state === 'pending' ? null : scheduledFor,
      ],
    );

  const insertMany = (scheduledFor: Date, count: number) =>
    dataSource.query(
      `INSERT INTO executions (id, scheduled_for, job_id, job_version, trigger, state, due_at, max_attempts, finished_at)
       SELECT gen_random_uuid(), $1::timestamptz, gen_random_uuid(), 1, 'manual', 'succeeded', $1, 1, $1
       FROM generate_series(1, $2::integer)`,
      [scheduledFor, count],
    );

  /** Somebody who looks at history again and again, as every list and every claim does. */
  const startReading = () => {
    let [reads, longestMs, stopped] = [0, 0, false];
    const reading = (async () => {
      while (!stopped) {
        const startedAtMs = performance.now();
        await dataSource.query('SELECT 1 FROM executions WHERE id = $1', [uuidv7()]);
        longestMs = Math.max(longestMs, performance.now() - startedAtMs);
        reads++;
      }
    })();
    return {
      stop: async () => {
        stopped = true;
        await reading;
        return { reads, longestMs };
      },
    };
  };

  const partitionsWithRows = async () => {
    const rows = await dataSource.query<{ name: string }[]>(
      'SELECT DISTINCT tableoid::regclass::text AS name FROM executions',
    );
    return rows.map(({ name }) => name);
  };

  it('exist for today and the four weeks to come', async () => {
    await insert(new Date(), 'succeeded');
    await insert(daysAgo(-27), 'succeeded');
    expect(await partitionsWithRows()).toEqual([
      expect.stringMatching(/^executions_\d{8}$/),
      expect.stringMatching(/^executions_\d{8}$/),
    ]);
  });

  it('are dropped whole once all their days are past retention', async () => {
    const old = daysAgo(RETENTION_DAYS + 8);
    await makeWeekOf(old);
    await insert(old, 'succeeded');
    await insert(new Date(), 'succeeded');

    const dropped = await partitions.maintain(RETENTION_DAYS, GOES_ON);
    expect(dropped).toEqual([expect.stringMatching(/^executions_\d{8}$/)]);
    expect(await dataSource.query('SELECT count(*)::int AS rows FROM executions')).toEqual([{ rows: 1 }]);
  });

  it('stay as long as a run in them is not finished', async () => {
    const old = daysAgo(RETENTION_DAYS + 15);
    await makeWeekOf(old);
    await insert(old, 'pending');
    expect(await partitions.maintain(RETENTION_DAYS, GOES_ON)).toEqual([]);
    expect(await dataSource.query('SELECT state FROM executions')).toEqual([{ state: 'pending' }]);
  });

  it('leave records of instants of long ago to the default partition, which forgets them one by one', async () => {
    await insert(daysAgo(400), 'succeeded');
    await insert(daysAgo(500), 'pending');
    expect(await partitionsWithRows()).toEqual(['executions_default']);
    await partitions.maintain(RETENTION_DAYS, GOES_ON);
    expect(await dataSource.query('SELECT state FROM executions')).toEqual([{ state: 'pending' }]);
  });

  it('take over the rows that came before them', async () => {
    const beyondAllWeeks = daysAgo(-60);
    await insert(beyondAllWeeks, 'pending');
    expect(await partitionsWithRows()).toEqual(['executions_default']);
    await makeWeekOf(beyondAllWeeks);
    expect(await partitionsWithRows()).toEqual([expect.stringMatching(/^executions_\d{8}$/)]);
    expect(await dataSource.query('SELECT state, phase FROM executions')).toEqual([
      { state: 'pending', phase: 'waiting' },
    ]);
  });

  it('are dropped one by one, and keep nobody waiting while they are', async () => {
    const old = [daysAgo(RETENTION_DAYS + 8), daysAgo(RETENTION_DAYS + 15), daysAgo(RETENTION_DAYS + 22)];
    for (const instant of old) {
      await makeWeekOf(instant);
      await insertMany(instant, 20_000);
    }
    await insert(new Date(), 'succeeded');
    const reader = startReading();
    const dropped: string[] = [];
    // Autovacuum of what has just been filled may hold a lock for longer than a round waits: the next one gets it.
    await waitFor(async () => {
      dropped.push(...((await partitions.maintain(RETENTION_DAYS, GOES_ON)) ?? []));
      return dropped.length >= 3;
    });
    expect(dropped).toHaveLength(3);
    const { reads, longestMs } = await reader.stop();
    expect(reads).toBeGreaterThan(0);
    expect(longestMs).toBeLessThan(1_000);
    expect(await dataSource.query('SELECT count(*)::int AS rows FROM executions')).toEqual([{ rows: 1 }]);
  });

  it('wait half a second for a reader, and stay where one reads on', async () => {
    const old = daysAgo(RETENTION_DAYS + 8);
    await makeWeekOf(old);
    await insert(old, 'succeeded');
    const other = dataSource.createQueryRunner();
    await other.startTransaction();
    await other.query('SELECT count(*) FROM executions');
    try {
      expect(await partitions.maintain(RETENTION_DAYS, GOES_ON)).toEqual([]);
    } finally {
      await other.rollbackTransaction();
      await other.release();
    }
    expect(await partitions.maintain(RETENTION_DAYS, GOES_ON)).toHaveLength(1);
  });

  it('are kept by one worker at a time', async () => {
    const other = dataSource.createQueryRunner();
    await other.query('SELECT pg_advisory_lock(7265002)');
    try {
      expect(await partitions.maintain(RETENTION_DAYS, GOES_ON)).toBeNull();
    } finally {
      await other.query('SELECT pg_advisory_unlock(7265002)');
      await other.release();
    }
  });
});
