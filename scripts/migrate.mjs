/**
 * `npm run migration:run`, `migration:revert` and `migration:generate -- <name>`, in the database of DATABASE_URL, or in that
 * of the `npm start` that runs here.
 */
import { useDatabaseOfStart } from './environment.mjs';
import { fail, setUp } from './setup.mjs';

setUp();
const { ensureBuilt } = await import('./build.mjs');
await ensureBuilt();
await useDatabaseOfStart();
const { readConfig } = await import('../dist/libs/platform/src/config/index.js');
const { exitOnCommandFault } = await import('../dist/libs/platform/src/database/index.js');

const commands = { run, revert, generate };
const [command, ...args] = process.argv.slice(2);
if (!Object.hasOwn(commands, command ?? ''))
  fail('Usage: node scripts/migrate.mjs run | revert | generate <name>');
try {
  await commands[command](...args);
  // 0, or what a command that ended by itself has set.
  process.exit();
} catch (error) {
  exitOnCommandFault(error);
}

/** Ours and, where the queue is in Postgres too, BullMQ's. */
async function run() {
  const config = await readConfig();
  const database = await import('../dist/libs/platform/src/database/index.js');
  const { prepareQueueBackend } = await import('../dist/libs/platform/src/queue/index.js');
  await database.createDatabaseIfMissing(config.databaseUrl);
  const applied = await database.runMigrations(config.databaseUrl);
  await prepareQueueBackend(config);
  console.log(applied.length > 0 ? `Applied ${applied.join(', ')}.` : 'The schema is up to date.');
}

/** What the image has as a command too. */
async function revert() {
  await import('../dist/apps/standalone/src/revert-migration.js');
}

async function generate(name) {
  if (!/^[a-z][a-z0-9-]*$/.test(name ?? ''))
    fail('Name the change: npm run migration:generate -- add-job-owner');
  const { generateMigration } = await import('./generate-migration.mjs');
  const { databaseUrl } = await readConfig();
  const file = await generateMigration(databaseUrl, name);
  console.log(
    `Wrote ${file}. Review its SQL, add indexes and constraints by hand, then npm run migration:run.`,
  );
}
