/**
 * `npm run key:create -- --service payments --role admin [--name …]`: the first API key of a service, in the database of
 * DATABASE_URL, or in that of the `npm start` that runs here.
 */
import { useDatabaseOfStart } from './environment.mjs';
import { setUp } from './setup.mjs';

setUp();
const { ensureBuilt } = await import('./build.mjs');
await ensureBuilt();
await useDatabaseOfStart();
await import('../dist/apps/api/src/create-key/main.js');
