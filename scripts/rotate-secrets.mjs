/**
 * `npm run secrets:rotate`, in the database of DATABASE_URL, or in that of the `npm start` that runs here: builds, and runs
 * what the image has as a command.
 */
import { useDatabaseOfStart } from './environment.mjs';
import { setUp } from './setup.mjs';

setUp();
const { ensureBuilt } = await import('./build.mjs');
await ensureBuilt();
await useDatabaseOfStart();
await import('../dist/apps/api/src/rotate-secrets/main.js');
