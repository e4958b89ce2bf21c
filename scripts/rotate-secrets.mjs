/**
 * `npm run secrets:rotate`, against DATABASE_URL: puts every secret under the first key of SECRETS_KEYS. Put a new key
 * first, restart api and worker, run this, and take the old key away once it reports nothing unreadable.
 */
import { fail, setUp } from './setup.mjs';

setUp();
const { ensureBuilt } = await import('./build.mjs');
await ensureBuilt();
const { rotateMasterKeys } = await import('../dist/libs/secrets/src/index.js');
const { readConfig } = await import('../dist/libs/platform/src/config/index.js');

try {
  const { rewrapped, unreadable } = await rotateMasterKeys(await readConfig());
  console.log(`Rewrapped ${rewrapped}.`);
  if (unreadable.length > 0) fail(`No key of SECRETS_KEYS opens ${unreadable.join(', ')}.`);
} catch (error) {
  fail(error.message || `The server of DATABASE_URL does not answer (${error.code}).`);
}
process.exit(0);
