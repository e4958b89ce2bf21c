/**
 * `npm run bench [-- --only firing,recurrence,runs,delay,tick,api] [--rounds 5] [--profile folder]`: ours and the peers in
 * one run on this machine, in turn (docs/performance.md). The peers are installed below test/bench only.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fail, root, setUp } from './setup.mjs';
import { stopWithNpm } from './stop-with-npm.mjs';

const folder = path.join(root, 'test', 'bench');

stopWithNpm();
setUp();
ensurePeers();
const { ensureBuilt } = await import('./build.mjs');
await ensureBuilt();
const { bench } = await import('../test/bench/bench.mjs');
process.exit((await bench(process.argv.slice(2))) ? 0 : 1);

/** `npm ci` when the peers are missing or of other versions than the bench's package.json pins. */
function ensurePeers() {
  const { dependencies } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  if (Object.entries(dependencies).every(([name, version]) => installedVersion(name) === version)) return;
  console.log('Installing the peers (npm ci in test/bench), once …');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder, stdio: 'inherit' });
  if (status !== 0) fail('npm ci in test/bench failed; its output is above.');
}

function installedVersion(name) {
  const manifest = path.join(folder, 'node_modules', name, 'package.json');
  return existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')).version : undefined;
}
