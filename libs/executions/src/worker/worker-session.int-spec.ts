import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Client } from 'pg';
import { Clock } from '@app/platform/clock';
import { loadConfig } from '@app/platform/config';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/test-database.js';
import { waitFor } from '../../../../test/support/wait-for.js';
import { TargetRunners } from '@app/targets';
import { WorkerSession } from './worker-session.js';

/** The monotonic clock is the one thing that a test may set. */
class SteppedClock extends Clock {
  private steppedMs = 0;

  step(ms: number): void {
    this.steppedMs += ms;
  }

  override now(): Date {
    return new Date();
  }

  override monotonicMs(): number {
    return performance.now() + this.steppedMs;
  }
}

describe("a worker's session", () => {
  let database: TestDatabase;
  let client: Client;
  let clock: SteppedClock;
  let session: WorkerSession;
  let lost: jest.Mock<() => void>;

  beforeEach(async () => {
    database = await createTestDatabase();
    client = new Client({ connectionString: database.url });
    await client.connect();
    clock = new SteppedClock();
    lost = jest.fn<() => void>();
    const config = loadConfig({ DATABASE_URL: database.url, QUEUE_BACKEND: 'postgres' });
    const runners = TargetRunners.fromOptions({
      egressAllow: [],
      commandTargets: 'disabled',
      circuitFailures: 5,
    });
    session = new WorkerSession(config, clock, runners);
    session.onLost(lost);
    await session.onApplicationBootstrap();
  });

  afterEach(async () => {
    await session.end();
    await client.end();
    await database.drop();
  });

  const sessions = async () => {
    const { rows } = await client.query<{ id: string; live: boolean }>(
      'SELECT id, ended_at IS NULL AND expires_at > now() AS live FROM worker_sessions ORDER BY started_at',
    );
    return rows;
  };

  it('begins with a lease in the database', async () => {
    expect(await sessions()).toEqual([{ id: await session.live(), live: true }]);
  });

  it('fences itself before its lease could end, by the monotonic clock', async () => {
    const id = await session.live();
    clock.step(12_001);
    void session.live();
    expect(session.currentId).toBeNull();
    expect(lost).toHaveBeenCalledTimes(1);
    expect((await sessions())[0]).toEqual({ id, live: true });
  });

  it('begins a new session soon after it has fenced itself, not at the next renewal', async () => {
    const first = await session.live();
    clock.step(12_001);
    void session.live();
    const second = await waitFor(() => session.currentId !== first && session.currentId, {
      timeoutMs: 2_000,
    });
    expect((await sessions()).map(({ id }) => id)).toEqual([first, second]);
  });

  it('never revives once the database says that it has expired, and begins a new session', async () => {
    const first = await session.live();
    await client.query('UPDATE worker_sessions SET ended_at = now()');
    const second = await waitFor(() => session.currentId !== first && session.currentId, {
      timeoutMs: 15_000,
      describe: 'a new session',
    });
    expect(lost).toHaveBeenCalledTimes(1);
    expect(await sessions()).toEqual([
      { id: first, live: false },
      { id: second, live: true },
    ]);
  }, 20_000);

  it('gives the lease back when it ends', async () => {
    const id = await session.live();
    await session.end();
    expect(await sessions()).toEqual([{ id, live: false }]);
  });
});
