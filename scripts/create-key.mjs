/**
 * `npm run key:create -- --service payments --role admin [--name …]`: the first API key of a service, in the database of
 * DATABASE_URL, or in that of the `npm start` that runs here.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setUp } from './setup.mjs';

setUp();
const { ensureBuilt } = await import('./build.mjs');
await ensureBuilt();
if (existsSync('.env')) process.loadEnvFile('.env');
if (!process.env.DATABASE_URL?.trim()) await useEmbeddedDatabase();
await import('../dist/apps/api/src/create-key/main.js');

/** `npm start` keeps beside its data how to reach its server. Without such a folder, DATABASE_URL's default applies. */
async function useEmbeddedDatabase() {
  const file = path.resolve(process.env.DATA_DIR || '.data', 'postgres-access.json');
  if (!existsSync(file)) return;
  const { databaseUrl } = await import('../dist/apps/standalone/src/postgres/access.js');
  process.env.DATABASE_URL = databaseUrl(JSON.parse(readFileSync(file, 'utf8')), 'scheduler');
}
