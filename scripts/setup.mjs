/**
 * What `npm start` and `npm test` need before any dependency can be imported: a Node that is new enough and an
 * installed node_modules. Only Node built-ins here, and no syntax that an old Node could not even parse.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const REQUIRED_NODE = [20, 19];

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Brings the clone to the point where its scripts can run. Ends the process with one line when it cannot. */
export function setUp() {
  requireNode(process.versions.node);
  ensureInstalled();
}

function requireNode(version) {
  const [major, minor] = version.split('.').map(Number);
  const isEnough = major > REQUIRED_NODE[0] || (major === REQUIRED_NODE[0] && minor >= REQUIRED_NODE[1]);
  if (isEnough) return;
  fail(
    `Node ${REQUIRED_NODE.join('.')} or newer is needed, this is ${version}. Install one from https://nodejs.org.`,
  );
}

/** `npm ci` when node_modules is missing, was interrupted, or no longer matches package-lock.json. */
export function ensureInstalled() {
  if (matchesLock(readLock('package-lock.json'), readLock('node_modules/.package-lock.json'))) return;
  console.log('Installing dependencies (npm ci), once …');
  // The build needs the development dependencies too, whatever NODE_ENV says.
  const installed = runNpm(['ci', '--include=dev', '--include=optional']);
  if (installed.status === 0) return;
  if (installed.signal) process.exit(1);
  fail(
    `${installed.stdout}${installed.stderr}\nnpm ci failed; its output is above. Fix it and run the command again.`,
  );
}

/**
 * npm writes node_modules/.package-lock.json as the last step of an install, so what it lists is really there.
 * Optional packages may be absent: those of other platforms always are.
 */
function matchesLock(wanted, installed) {
  if (!wanted || !installed) return false;
  return Object.entries(wanted.packages)
    .filter(([location]) => location !== '')
    .every(([location, entry]) => {
      const found = installed.packages[location];
      return found ? found.version === entry.version : entry.optional === true;
    });
}

function readLock(file) {
  try {
    return JSON.parse(readFileSync(path.join(root, file), 'utf8'));
  } catch {
    return undefined;
  }
}

function runNpm(args) {
  const options = { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 };
  const npm = process.env.npm_execpath;
  if (npm && npm.endsWith('.js')) return spawnSync(process.execPath, [npm, ...args], options);
  return spawnSync('npm', args, { ...options, shell: process.platform === 'win32' });
}

/** One line that says what to do, no stack trace. */
export function fail(line) {
  console.error(line);
  process.exit(1);
}
