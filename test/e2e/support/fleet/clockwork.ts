import { Client } from 'pg';
import type { TargetServer } from '../../../support/target-server.js';
import { waitFor } from '../../../support/wait-for.js';
import type { Fleet } from './fleet.js';

export interface Verdict {
  readonly instants: number;
  /** Instants between a schedule's first and last that have no succeeded run. */
  readonly lost: number;
  /** Calls beyond the first of an execution, and rows beyond the first of an instant. */
  readonly doubled: number;
}

/** Schedules that fire each second, and the count of what became of their instants. */
export class Clockwork {
  private constructor(
    private readonly fleet: Fleet,
    private readonly target: TargetServer,
    readonly jobId: string,
  ) {}

  static async start(fleet: Fleet, target: TargetServer, runsPerSecond: number): Promise<Clockwork> {
    const { id } = await fleet.call<{ id: string }>('POST', '/jobs', {
      name: 'each-second',
      target: { type: 'http', url: target.url('/run') },
    });
    const definition = { type: 'interval', intervalSeconds: 1, overlapPolicy: 'allow' };
    for (let count = 0; count < runsPerSecond; count++)
      await fleet.call('POST', `/jobs/${id}/schedules`, definition);
    return new Clockwork(fleet, target, id);
  }

  /** Stops the schedules, waits until nothing is left to run, and counts. */
  async judge(): Promise<Verdict> {
    await this.fleet.call('POST', `/jobs/${this.jobId}/deactivate`, {});
    const database = new Client({ connectionString: this.fleet.database.url });
    await database.connect();
    try {
      await waitFor(async () => (await count(database, UNFINISHED)) === 0, {
        timeoutMs: 60_000,
        describe: 'all runs to end',
      });
      const rows = await count(database, RUNS);
      const expected = await count(database, EXPECTED);
      const keys = this.target.requestsTo('/run').map(({ headers }) => headers['idempotency-key']);
      const slots = await count(database, SLOTS);
      return {
        instants: expected,
        lost: expected - (await count(database, SUCCEEDED)),
        doubled: rows - slots + (keys.length - new Set(keys).size),
      };
    } finally {
      await database.end();
    }
  }
}

const UNFINISHED = `SELECT count(*) FROM executions WHERE phase <> 'final'`;
const RUNS = `SELECT count(*) FROM executions WHERE trigger = 'schedule' AND state <> 'skipped'`;
const SLOTS = `SELECT count(DISTINCT (schedule_id, scheduled_for)) FROM executions WHERE trigger = 'schedule' AND state <> 'skipped'`;
const SUCCEEDED = `SELECT count(*) FROM executions WHERE trigger = 'schedule' AND state = 'succeeded'`;
/** One instant a second from the first to the last of each schedule. */
const EXPECTED = `
  SELECT COALESCE(sum(instants), 0) AS count FROM (
    SELECT extract(epoch FROM max(scheduled_for) - min(scheduled_for)) + 1 AS instants
    FROM executions WHERE trigger = 'schedule' AND state <> 'skipped' GROUP BY schedule_id) s`;

async function count(database: Client, sql: string): Promise<number> {
  const { rows } = await database.query<{ count: string }>(sql);
  return Number(rows[0]?.count);
}
