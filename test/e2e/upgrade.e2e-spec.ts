import { afterAll, afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { rmSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'pg';
import { TargetServer } from '../support/target-server.js';
import { Clockwork } from './support/fleet/clockwork.js';
import { Fleet, THIS_CODE } from './support/fleet/fleet.js';
import { Load } from './support/fleet/load.js';
import { codeBeforeNewestMigration } from './support/fleet/previous-code.js';

/** What a shared machine of two cores does beside other tests; more by hand: docs/operations.md. */
const RUNS_PER_SECOND = Number(process.env.UPGRADE_RUNS_PER_SECOND ?? 40);
const REQUESTS_PER_SECOND = Number(process.env.UPGRADE_REQUESTS_PER_SECOND ?? 25);
const OLD_CODE_SERVES_MS = 5_000;

// Four processes start, and four more take over, each of which may take long on a busy machine.
jest.setTimeout(400_000);

/** Adds what a release may add, under names that no code knows. Each commits at once, as migrations do. */
const NEXT_MIGRATION = [
  `ALTER TABLE jobs ADD COLUMN next_text text`,
  `ALTER TABLE schedules ADD COLUMN next_object jsonb NOT NULL DEFAULT '{}'`,
  `ALTER TABLE executions ADD COLUMN next_number integer CHECK (next_number > 0)`,
  `ALTER TABLE worker_sessions ADD COLUMN next_flag boolean NOT NULL DEFAULT false`,
  `CREATE TABLE next_things (id uuid PRIMARY KEY, job_id uuid NOT NULL REFERENCES jobs (id))`,
  `INSERT INTO schema_migrations ("timestamp", name) VALUES (1999000000000, 'NextRelease1999000000000')`,
];

let target: TargetServer;
let fleet: Fleet;

beforeEach(async () => {
  [target, fleet] = [await TargetServer.start(), await Fleet.create()];
});

afterEach(async () => {
  await fleet.stop();
  await target.stop();
});

describe('a rolling upgrade under load', () => {
  it('loses no instant, doubles none and fails no request, while the schema is newer than the code', async () => {
    await addAll(THIS_CODE);
    const clockwork = await Clockwork.start(fleet, target, RUNS_PER_SECOND);
    const load = loadOf(clockwork);
    await migrate(NEXT_MIGRATION);
    await fleet.replaceAll('api');
    await fleet.replaceAll('worker');
    await expectNothingLost(clockwork, load);
  });
});

let root: string | null = null;

afterAll(() => {
  if (root) rmSync(root, { recursive: true, force: true });
});

const previous = codeBeforeNewestMigration();

describe('the code before the newest migration', () => {
  const words = 'serves on the schema after it, and hands over to this code';
  if (typeof previous === 'string') {
    console.warn(`!!  Not tried: an upgrade from the code before the newest migration, because ${previous}.`);
    it.skip(words, () => undefined);
    return;
  }

  it(words, async () => {
    root = previous.build();
    await addAll(root);
    const clockwork = await Clockwork.start(fleet, target, RUNS_PER_SECOND);
    const load = loadOf(clockwork);
    await wait(OLD_CODE_SERVES_MS);
    await fleet.replaceAll('api');
    await fleet.replaceAll('worker');
    await expectNothingLost(clockwork, load);
  });
});

async function addAll(root: string): Promise<void> {
  await Promise.all([
    fleet.add('api', root),
    fleet.add('api', root),
    fleet.add('worker', root),
    fleet.add('worker', root),
  ]);
}

function loadOf({ jobId }: Clockwork): Load {
  const requests = [
    { method: 'GET', path: `/jobs/${jobId}` },
    { method: 'GET', path: '/executions?limit=5' },
    { method: 'POST', path: `/jobs/${jobId}/execute` },
    { method: 'GET', path: `/jobs/${jobId}/schedules?limit=5` },
  ];
  return new Load(fleet, REQUESTS_PER_SECOND, (number) => requests[number % requests.length]!);
}

async function expectNothingLost(clockwork: Clockwork, load: Load): Promise<void> {
  const report = await load.stop();
  const verdict = await clockwork.judge();
  const kinds = JSON.stringify([...new Set(report.failures)]);
  console.log(
    `${report.requests} requests, ${report.failures.length} failed ${kinds}; ${JSON.stringify(verdict)}`,
  );
  expect([...new Set(report.failures)]).toEqual([]);
  expect(verdict).toMatchObject({ lost: 0, doubled: 0 });
  expect(verdict.instants).toBeGreaterThan(RUNS_PER_SECOND * 3);
}

async function migrate(statements: readonly string[]): Promise<void> {
  const database = new Client({ connectionString: fleet.database.url });
  await database.connect();
  try {
    for (const statement of statements) await database.query(statement);
  } finally {
    await database.end();
  }
}
