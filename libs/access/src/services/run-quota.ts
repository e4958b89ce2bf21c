import type { EntityManager } from 'typeorm';
import { type Queryable, rowsOf } from '@app/platform/database';
import { ProblemError } from '@app/platform/problem';
import { quotaExceeded } from './quota.js';
import { COUNT_RUNS, LOCK_MINUTES, PRUNE_MINUTES, READ_MINUTE } from './run-quota.sql.js';

/** What a service may still start within the minute. */
export interface RunAllowance {
  readonly left: number;
  /** Its `maxRunsPerMinute`. */
  readonly most: number;
}

interface Minute {
  readonly service: string;
  readonly runs: number;
  readonly most: number;
}

/** What a service may still start, for a plan that starts nothing. null: as many as it likes. */
export async function runAllowanceOf(database: Queryable, service: string): Promise<RunAllowance | null> {
  const [minute] = await rowsOf<Minute>(database, READ_MINUTE, [service]);
  if (minute === undefined) return null;
  return { left: Math.max(0, minute.most - minute.runs), most: minute.most };
}

/** The minutes of some services, locked by a transaction that is to start runs of theirs: ask, take, and store at its end. */
export class RunAllowances {
  private readonly minutes: ReadonlyMap<string, Minute>;
  private readonly taken = new Map<string, number>();

  private constructor(minutes: readonly Minute[]) {
    this.minutes = new Map(minutes.map((minute) => [minute.service, minute]));
  }

  static async lock(tx: EntityManager, services: Iterable<string>): Promise<RunAllowances> {
    return new RunAllowances(await rowsOf<Minute>(tx, LOCK_MINUTES, [[...new Set(services)]]));
  }

  /** Where nobody has a limit, which asks nothing of the database. */
  static none(): RunAllowances {
    return new RunAllowances([]);
  }

  /** null: as many as it likes. */
  of(service: string): RunAllowance | null {
    const minute = this.minutes.get(service);
    if (minute === undefined) return null;
    const used = minute.runs + (this.taken.get(service) ?? 0);
    return { left: Math.max(0, minute.most - used), most: minute.most };
  }

  take(service: string, runs: number): void {
    if (runs > 0 && this.minutes.has(service)) this.taken.set(service, (this.taken.get(service) ?? 0) + runs);
  }

  async store(tx: EntityManager): Promise<void> {
    if (this.taken.size === 0) return;
    await tx.query(COUNT_RUNS, [[...this.taken.keys()], [...this.taken.values()]]);
  }
}

export async function pruneRunMinutes(database: Queryable): Promise<void> {
  await database.query(PRUNE_MINUTES);
}

/**
 * 429, because the next minute has room again; not for a service that may start nothing at all.
 * @param secondsLeft of the minute
 */
export function runsExceeded(most: number, secondsLeft: number): ProblemError {
  const quota = 'maxRunsPerMinute';
  const detail = `The service has reached its ${quota} of ${most} for this minute.`;
  if (most === 0) return quotaExceeded(quota, `The service may start no run: its ${quota} is 0.`);
  return new ProblemError('too_many', 'quota_exceeded', detail, [{ pointer: '', code: quota, detail }], {
    retryAfterSeconds: secondsLeft,
  });
}
