import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { useDatabase } from '../../../../test/support/use-database.js';
import { rowsOf } from '@app/platform/database';
import { DATABASE_TIME_MS } from './clock.sql.js';
import { DatabaseClock } from './database-clock.js';

const HOUR_MS = 3_600_000;
/** An answer on a busy machine takes this long at most. */
const SLACK_MS = 2_000;

jest.setTimeout(30_000);

const { dataSource } = useDatabase();

afterEach(() => {
  jest.useRealTimers();
});

async function askedClock(): Promise<DatabaseClock> {
  const clock = new DatabaseClock(dataSource);
  await clock.onModuleInit();
  clock.onModuleDestroy();
  return clock;
}

async function databaseTimeMs(): Promise<number> {
  const [row] = await rowsOf<{ ms: number }>(dataSource, DATABASE_TIME_MS);
  return row?.ms ?? NaN;
}

/** Of this machine's wall clock alone. */
function jumpBy(ms: number): void {
  jest.useFakeTimers({
    now: Date.now() + ms,
    doNotFake: [
      'hrtime',
      'nextTick',
      'performance',
      'queueMicrotask',
      'requestAnimationFrame',
      'cancelAnimationFrame',
      'requestIdleCallback',
      'cancelIdleCallback',
      'setImmediate',
      'clearImmediate',
      'setInterval',
      'clearInterval',
      'setTimeout',
      'clearTimeout',
    ],
  });
}

describe("the clock on the database's time", () => {
  it('is never ahead of the database, so that what it stamps is due at once', async () => {
    const clock = await askedClock();
    for (let look = 0; look < 20; look++)
      expect(clock.now().getTime()).toBeLessThanOrEqual(await databaseTimeMs());
  });

  it.each([HOUR_MS, -HOUR_MS])(
    "stays with the database when this machine's clock jumps by %d ms",
    async (jumpMs) => {
      const clock = await askedClock();
      jumpBy(jumpMs);
      expect(Math.abs(clock.now().getTime() - (await databaseTimeMs()))).toBeLessThan(SLACK_MS);
    },
  );

  it('starts with the database and not with a machine whose clock is wrong', async () => {
    jumpBy(HOUR_MS);
    const clock = await askedClock();
    expect(Math.abs(clock.now().getTime() - (await databaseTimeMs()))).toBeLessThan(SLACK_MS);
  });
});
