/** `npm start`: from a fresh clone to a running service. Installs and builds what is missing, then runs apps/standalone. */
import { setUp } from './setup.mjs';
import { stopWithNpm } from './stop-with-npm.mjs';

stopWithNpm();
setUp();
const { ensureBuilt } = await import('./build.mjs');
await ensureBuilt();
await import('../dist/apps/standalone/src/main.js');
