import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { useDatabase } from '../../../../test/support/use-database.js';
import { scheduledForOf } from '../domain/execution-id.js';
import { HistoryRepository } from './history.repository.js';
import {
  type ExecutionSummary,
  type HistoryFilter,
  type HistoryWindow,
  LISTED_OUTPUT_CHARACTERS,
  listExecutions,
} from './history.sql.js';
import { insertExecution } from '../http/testing/an-execution.js';

const DAY_MS = 86_400_000;
const now = new Date();
const daysAgo = (days: number) => new Date(now.getTime() - days * DAY_MS);

const { dataSource } = useDatabase();
const history = new HistoryRepository(dataSource);

/** As much of a job as a filter by its id asks for. */
async function insertJob(service: string, id: string): Promise<void> {
  await dataSource.query('INSERT INTO services (slug, name) VALUES ($1, $1) ON CONFLICT DO NOTHING', [
    service,
  ]);
  await dataSource.query(
    `INSERT INTO jobs (id, service, name, target, retry_policy, timeout_ms, priority, delivery_guarantee)
     VALUES ($1::uuid, $2, $1::uuid::text, '{}', '{}', 1, 5, 'at_least_once')`,
    [id, service],
  );
}

function list(service: string, filter: HistoryFilter = {}, limit = 200): Promise<ExecutionSummary[]> {
  return history.list(service, filter, { limit });
}

async function idsOf(rows: Promise<ExecutionSummary[]>): Promise<string[]> {
  return (await rows).map((row) => row.id);
}

describe('paging', () => {
  it('gives every row once, newest first, also where instants are equal', async () => {
    const service = randomUUID();
    const jobId = randomUUID();
    const instants = [daysAgo(100), daysAgo(3), daysAgo(3), daysAgo(3), daysAgo(3), now, now, daysAgo(-20)];
    for (const scheduledFor of instants) await insertExecution(dataSource, { service, jobId, scheduledFor });

    const seen: ExecutionSummary[] = [];
    for (;;) {
      const page = await history.list(service, {}, { limit: 3, beforeId: seen.at(-1)?.id });
      seen.push(...page);
      if (page.length < 3) break;
    }
    expect(new Set(seen.map((row) => row.id)).size).toBe(instants.length);
    expect(seen.map((row) => row.scheduledFor)).toEqual(instants.toReversed());
  });

  it('does not show what came in above the cursor meanwhile', async () => {
    const service = randomUUID();
    const row = { service, jobId: randomUUID() };
    const old = await insertExecution(dataSource, { ...row, scheduledFor: daysAgo(2) });
    const first = await insertExecution(dataSource, { ...row, scheduledFor: daysAgo(1) });
    await insertExecution(dataSource, { ...row, scheduledFor: now });
    expect(await idsOf(history.list(service, {}, { limit: 9, beforeId: first }))).toEqual([old]);
  });
});

describe('filters', () => {
  const service = randomUUID();
  const [jobId, otherJobId, scheduleId] = [randomUUID(), randomUUID(), randomUUID()];
  const [otherService, foreignJobId] = [randomUUID(), randomUUID()];
  let ids: Record<'early' | 'failed' | 'scheduled' | 'missed', string>;

  beforeAll(async () => {
    const at = (days: number) => ({ service, jobId, scheduledFor: daysAgo(days) });
    await insertJob(service, jobId);
    await insertJob(service, otherJobId);
    ids = {
      early: await insertExecution(dataSource, { ...at(4), jobId: otherJobId }),
      failed: await insertExecution(dataSource, { ...at(3), state: 'failed', trigger: 'retry' }),
      scheduled: await insertExecution(dataSource, { ...at(2), scheduleId, trigger: 'schedule' }),
      missed: await insertExecution(dataSource, {
        ...at(1),
        scheduleId,
        state: 'missed',
        trigger: 'catchup',
      }),
    };
    await insertJob(otherService, foreignJobId);
    await insertExecution(dataSource, { ...at(1), service: otherService, jobId: foreignJobId });
  });

  it.each<[string, HistoryFilter, readonly (keyof typeof ids)[]]>([
    ['nothing', {}, ['missed', 'scheduled', 'failed', 'early']],
    ['a job', { jobId: otherJobId }, ['early']],
    ["another service's job", { jobId: foreignJobId }, []],
    ['a schedule', { scheduleId }, ['missed', 'scheduled']],
    ['states', { states: ['failed', 'missed'] }, ['missed', 'failed']],
    ['a trigger', { triggers: ['retry'] }, ['failed']],
    ['several at once', { jobId, scheduleId, states: ['succeeded'], triggers: ['schedule'] }, ['scheduled']],
    ['from, inclusive', { from: daysAgo(2) }, ['missed', 'scheduled']],
    ['to, exclusive', { to: daysAgo(2) }, ['failed', 'early']],
    ['a window', { from: daysAgo(3), to: daysAgo(2) }, ['failed']],
    ['a window before any', { from: new Date(-1), to: new Date(1) }, []],
  ])('by %s', async (_what, filter, expected) => {
    expect(await idsOf(list(service, filter))).toEqual(expected.map((name) => ids[name]));
  });
});

describe('what a row shows', () => {
  it('cuts a long output, and says so', async () => {
    const service = randomUUID();
    const result = { statusCode: 200, output: '€'.repeat(3_000), truncated: false };
    const id = await insertExecution(dataSource, { service, jobId: randomUUID(), result });
    const [row] = await list(service);
    expect(row).toMatchObject({ id, scheduledFor: scheduledForOf(id), attempt: 0, parameters: {} });
    expect(row?.result).toEqual({
      statusCode: 200,
      output: '€'.repeat(LISTED_OUTPUT_CHARACTERS),
      truncated: true,
    });
    expect(row).not.toHaveProperty('attempts');
  });

  it('leaves a short output and an absent result alone', async () => {
    const service = randomUUID();
    const result = { exitCode: null, output: 'x'.repeat(LISTED_OUTPUT_CHARACTERS), truncated: false };
    await insertExecution(dataSource, { service, jobId: randomUUID(), scheduledFor: daysAgo(1), result });
    await insertExecution(dataSource, { service, jobId: randomUUID(), state: 'pending' });
    expect((await list(service)).map((row) => row.result)).toEqual([null, result]);
  });
});

describe('plans', () => {
  const service = randomUUID();
  const [jobId, scheduleId] = [randomUUID(), randomUUID()];

  /** Three weeks of one service, a hundredth of it the job's and the schedule's: enough for the planner to care. */
  beforeAll(async () => {
    await dataSource.query(
      `INSERT INTO executions (id, scheduled_for, service, job_id, job_version, schedule_id, trigger, state, due_at, max_attempts,
                               finished_at)
       SELECT id, uuid_extract_timestamp(id), $1, CASE WHEN mine THEN $2::uuid ELSE other END, 1,
              CASE WHEN mine THEN $3::uuid END, 'schedule', 'succeeded', now(), 1, now()
       FROM (SELECT uuidv7((n - 67000) * interval '18 seconds') AS id, n % 100 = 0 AS mine, gen_random_uuid() AS other
             FROM generate_series(1, 100000) n) AS rows`,
      [service, jobId, scheduleId],
    );
    await insertJob(service, jobId);
    await dataSource.query('VACUUM ANALYZE executions');
  });

  it.each<[string, HistoryFilter, string | RegExp]>([
    // To a single service its own index and the primary key are the same order.
    ['all', {}, /^executions_(listed|pkey)$/],
    ['a job', { jobId }, 'executions_of_job'],
    ['a schedule', { scheduleId }, 'executions_slot'],
  ])('%s: walks the index of each week in order and sorts nothing', async (_what, filter, index) => {
    const plan = await planOf(filter);
    const indexes = (await fullWeeks()).map((week) => plan.indexOf.get(week));
    expect(indexes.length).toBeGreaterThanOrEqual(2);
    for (const used of indexes) expect(used).toMatch(index);
    expect(plan.nodeTypes).not.toContain('Sort');
  });

  it.each<[string, HistoryFilter]>([
    ['all', {}],
    ['a job', { jobId }],
    ['a schedule', { scheduleId }],
  ])('%s from one hour to the next: looks into one week', async (_what, filter) => {
    const from = new Date(Math.floor(now.getTime() / DAY_MS) * DAY_MS);
    const plan = await planOf({ ...filter, from, to: new Date(from.getTime() + 3_600_000) });
    expect([...plan.indexOf.keys()].filter((table) => table !== 'jobs')).toEqual([
      expect.stringMatching(/^executions_\d{8}$/),
    ]);
  });

  it('looks into no week above the cursor', async () => {
    const everywhere = await planOf({ jobId });
    const [beforeId] = await idsOf(list(service, { to: daysAgo(3) }, 1));
    const below = await planOf({ jobId }, { beforeId });
    const above = [...everywhere.indexOf.keys()].filter((week) => !below.indexOf.has(week));
    expect(above.length).toBeGreaterThanOrEqual(3);
    expect(below.nodeTypes).not.toContain('Sort');
  });

  interface PlanNode {
    readonly 'Node Type': string;
    readonly 'Relation Name'?: string;
    readonly 'Index Name'?: string;
    readonly Plans?: readonly PlanNode[];
  }

  async function planOf(filter: HistoryFilter, window: Partial<HistoryWindow> = {}) {
    const { sql, parameters } = listExecutions(service, filter, { limit: 51, ...window });
    const rows = await dataSource.query<[{ 'QUERY PLAN': [{ Plan: PlanNode }] }]>(
      `EXPLAIN (FORMAT JSON) ${sql}`,
      [...parameters],
    );
    const nodes = flatten(rows[0]['QUERY PLAN'][0].Plan);
    const parents = await parentIndexes();
    return {
      nodeTypes: nodes.map((node) => node['Node Type']),
      /** Which index is walked in each partition that is looked into. */
      indexOf: new Map(
        nodes
          .filter((node) => node['Relation Name'])
          .map((node) => [node['Relation Name'] ?? '', parents.get(node['Index Name'] ?? '')]),
      ),
    };
  }

  /** In a week of a few rows any plan is a good one. */
  async function fullWeeks(): Promise<string[]> {
    const rows = await dataSource.query<{ week: string }[]>(
      'SELECT tableoid::regclass::text AS week FROM executions WHERE service = $1 GROUP BY 1 HAVING count(*) > 20000',
      [service],
    );
    return rows.map((row) => row.week);
  }

  function flatten(node: PlanNode): PlanNode[] {
    return [node, ...(node.Plans ?? []).flatMap(flatten)];
  }

  /** A partition's index has a name of its own; the one it belongs to is known by the catalogue. */
  async function parentIndexes(): Promise<Map<string, string>> {
    const rows = await dataSource.query<{ child: string; parent: string }[]>(
      `SELECT c.relname AS child, p.relname AS parent
       FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class p ON p.oid = i.inhparent
       WHERE p.relkind = 'I'`,
    );
    return new Map(rows.map(({ child, parent }) => [child, parent]));
  }
});
