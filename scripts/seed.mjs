/**
 * `npm run seed -- --schedules 1000000 --executions 10000000 [--jobs 1000] [--per-second R] [--force]`: fills the database
 * of DATABASE_URL, or of the `npm start` that runs here, for tests and benchmarks. The schedules fall due over the day that begins in a minute, or R a second.
 */
import { parseArgs } from 'node:util';
import { useDatabaseOfStart } from './environment.mjs';
import { fail, setUp } from './setup.mjs';

setUp();
const options = readOptions();
const { ensureBuilt } = await import('./build.mjs');
await ensureBuilt();
await useDatabaseOfStart();
const { readConfig } = await import('../dist/libs/platform/src/config/index.js');
const { exitOnCommandFault } = await import('../dist/libs/platform/src/database/index.js');
const { seedExecutions, seedJobs, seedSchedules } = await import('../test/bench/seeding.mjs');
const { default: pg } = await import('pg');
try {
  await seed(await readConfig());
} catch (error) {
  exitOnCommandFault(error);
}

function readOptions() {
  const string = { type: 'string' };
  const known = { jobs: string, schedules: string, executions: string, 'per-second': string };
  const { values } = parseArgs({ options: { ...known, force: { type: 'boolean', default: false } } });
  return {
    jobs: numberFrom('jobs', values.jobs ?? '1000', 1),
    schedules: numberFrom('schedules', values.schedules ?? '0', 0),
    executions: numberFrom('executions', values.executions ?? '0', 0),
    perSecond: values['per-second'] && numberFrom('per-second', values['per-second'], 1),
    force: values.force,
  };
}

function numberFrom(name, text, atLeast) {
  const number = Number(text);
  if (!Number.isInteger(number) || number < atLeast)
    fail(`--${name} ${text}: allowed is a number from ${atLeast} up.`);
  return number;
}

async function seed({ databaseUrl }) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await refuseOthersData(client);
  await seedJobs(client, options.jobs);
  await seedSchedules(client, {
    ...options,
    perSecond: options.perSecond || undefined,
    report: progress('schedules'),
  });
  await seedExecutions(client, { ...options, report: progress('executions') });
  console.log('Analysing …');
  await client.query('ANALYZE jobs, schedules, executions');
  await client.end();
  console.log(
    `Seeded ${options.jobs} jobs, ${options.schedules} schedules, ${options.executions} executions.`,
  );
}

async function refuseOthersData(client) {
  const { rows } = await client.query('SELECT EXISTS (SELECT FROM jobs) AS used');
  if (rows[0].used && !options.force)
    fail('This database has jobs already. Seed an empty one, or add to this one with --force.');
}

function progress(what) {
  const startedAt = performance.now();
  return (done, total) => {
    const perSecond = Math.round((done / (performance.now() - startedAt)) * 1_000);
    console.log(`${what}: ${done} of ${total} (${perSecond}/s)`);
  };
}
