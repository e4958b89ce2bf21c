/** What the other commands share with `npm start`: its `.env`, and the database that it runs where DATABASE_URL names none. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** What the shell has wins over `.env`, as it does for `npm start`. */
export function loadEnvFile() {
  if (existsSync('.env')) process.loadEnvFile('.env');
}

/**
 * `npm start` keeps beside its data how to reach its server, and what encrypts the secrets in there. Without such a
 * folder, DATABASE_URL's default applies. Needs a build.
 */
export async function useDatabaseOfStart() {
  loadEnvFile();
  if (isSet('DATABASE_URL')) return;
  const dataDir = path.resolve(process.env.DATA_DIR?.trim() || '.data');
  const file = path.join(dataDir, 'postgres-access.json');
  if (!existsSync(file)) return;
  const { databaseUrl } = await import('../dist/apps/standalone/src/postgres/access.js');
  const { secretsKeysIn } = await import('../dist/apps/standalone/src/secrets-keys.js');
  process.env.DATABASE_URL = databaseUrl(JSON.parse(readFileSync(file, 'utf8')), 'scheduler');
  if (!isSet('SECRETS_KEYS')) process.env.SECRETS_KEYS = await secretsKeysIn(dataDir);
  // Its queue is in the same server, unless a Redis was named.
  if (!isSet('QUEUE_BACKEND') && !isSet('REDIS_HOST') && !isSet('REDIS_URL'))
    process.env.QUEUE_BACKEND = 'postgres';
}

/** An empty variable counts as unset, as it does for the apps. */
function isSet(name) {
  return Boolean(process.env[name]?.trim());
}
