import { Client } from 'pg';
import type { Clock } from '@app/platform/clock';
import type { TestDatabase } from './test-database.js';

/** One clock of a process and its database, which stands still where a test sets it. */
export class StoppedClock implements Clock {
  private constructor(
    private readonly database: Client,
    private time: Date,
  ) {}

  /** Before anybody else connects: functions of its own hide those of pg_catalog from every later connection. */
  static async install({ url }: TestDatabase, time: Date): Promise<StoppedClock> {
    const database = new Client({ connectionString: url });
    await database.connect();
    await database.query(`
      CREATE SCHEMA stopped;
      CREATE TABLE stopped.clock AS SELECT now() AS time;
      CREATE FUNCTION stopped.now() RETURNS timestamptz STABLE LANGUAGE sql AS 'SELECT time FROM stopped.clock';
      CREATE FUNCTION stopped.statement_timestamp() RETURNS timestamptz STABLE LANGUAGE sql AS 'SELECT time FROM stopped.clock';
    `);
    await database.query(
      `ALTER DATABASE ${new URL(url).pathname.slice(1)} SET search_path = stopped, pg_catalog, public`,
    );
    const clock = new StoppedClock(database, time);
    await clock.set(time);
    return clock;
  }

  now(): Date {
    return this.time;
  }

  monotonicMs(): number {
    return performance.now();
  }

  async set(time: Date): Promise<void> {
    await this.database.query('UPDATE stopped.clock SET time = $1', [time]);
    this.time = time;
  }

  close(): Promise<void> {
    return this.database.end();
  }
}
