/** `npm run secrets:rotate`, against DATABASE_URL: builds, and runs what the image has as a command. */
import { setUp } from './setup.mjs';

setUp();
const { ensureBuilt } = await import('./build.mjs');
await ensureBuilt();
await import('../dist/apps/api/src/rotate-secrets/main.js');
