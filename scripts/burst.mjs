/**
 * `npm run burst [-- --triggers 10000] [--connections 100] [--backend redis|postgres]`: one service asks for all that at once, calls hostile
 * targets and sends slow and broken requests, while another one's requests and runs are timed (docs/performance.md). Exits
 * 1 when the other's p99 reaches 2 s, a run of anybody is lost, or the site is not well afterwards.
 */
import { setUp } from './setup.mjs';
import { stopWithNpm } from './stop-with-npm.mjs';

stopWithNpm();
setUp();
const { ensureBuilt } = await import('./build.mjs');
await ensureBuilt();
const { burst } = await import('../test/burst/burst.mjs');
process.exit((await burst(process.argv.slice(2))) ? 0 : 1);
