/**
 * Brings both databases to the shape this code needs, then ends: the process that `npm start` and `npm test` run before
 * anything else uses them. A process of its own, because TypeORM, Nest and BullMQ would otherwise stay in the memory of
 * the supervisor for good.
 */
import { ConfigError, readConfig } from '@app/platform/config';
import { createDatabaseIfMissing, exitOnCommandFault, runMigrations } from '@app/platform/database';
import { prepareQueueBackend } from '@app/platform/queue';
import { WRONG_CONFIGURATION } from './prepare.js';

try {
  const config = await readConfig();
  await createDatabaseIfMissing(config.databaseUrl);
  const applied = await runMigrations(config.databaseUrl);
  if (applied.length > 0) console.log(`Applied ${applied.join(', ')}.`);
  await prepareQueueBackend(config);
  process.exit(0);
} catch (error) {
  exitOnCommandFault(error, error instanceof ConfigError ? WRONG_CONFIGURATION : undefined);
}
