/** `npm run check:rules`: Prometheus' rules by its own tool, and the unit tests of the alerts. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { root } from './setup.mjs';

const RULES = 'docker/prometheus/rules';
const TESTS = 'test/deploy/rules';

if (spawnSync('promtool', ['--version']).error) {
  missing();
} else {
  promtool('check', 'rules', ...filesIn(RULES));
  // Its syntax: the file with METRICS_TOKEN is there in the container only.
  promtool('check', 'config', '--syntax-only', 'docker/prometheus/prometheus.yml');
  promtool('test', 'rules', ...filesIn(TESTS));
}

/** Said loudly, and refused in CI: alerts that nobody has tested are worse than none. */
function missing() {
  if (process.env.CI === 'true') throw new Error('promtool is not installed, and CI=true needs it.');
  console.error('\n  !!  promtool is not on PATH: the rules and alerts of Prometheus are NOT CHECKED.  !!\n');
}

function filesIn(folder) {
  return readdirSync(path.join(root, folder)).map((file) => path.join(folder, file));
}

function promtool(...args) {
  const { status } = spawnSync('promtool', args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(1);
}
