/**
 * `npm run lock:complete`, after an `npm install` through a registry mirror that lacks the binaries of other platforms:
 * npm then leaves them out of package-lock.json, and `npm ci` refuses the lock on every machine. This puts them back,
 * with the exact versions that their parents ask for, and the hashes that the registry gives for them.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const FILE = new URL('../package-lock.json', import.meta.url);
const PLATFORMS = ['darwin', 'linux', 'win32', 'android', 'freebsd', 'openharmony'];

const lock = JSON.parse(readFileSync(FILE, 'utf8'));
const missing = Object.entries(lock.packages).flatMap(([location, entry]) =>
  location === '' ? [] : missingOptionals(location, entry),
);
for (const { name, version, dev } of missing)
  lock.packages[`node_modules/${name}`] = entryOf(name, version, dev);
const { '': root, ...rest } = lock.packages;
const sorted = Object.entries(rest).sort(([one], [other]) => (one < other ? -1 : 1));
lock.packages = { '': root, ...Object.fromEntries(sorted) };
writeFileSync(FILE, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${missing.length} platform packages added to package-lock.json.`);

function missingOptionals(location, { optionalDependencies = {}, dev }) {
  return Object.entries(optionalDependencies)
    .filter(([name]) => platformOf(name) !== null && !isLocked(location, name))
    .map(([name, version]) => ({ name, version, dev }));
}

function isLocked(location, name) {
  return [`${location}/node_modules/${name}`, `node_modules/${name}`].some((path) => path in lock.packages);
}

function entryOf(name, version, dev) {
  const { os, cpu } = platformOf(name);
  return {
    version,
    integrity: integrityOf(name, version),
    cpu: [cpu],
    ...(dev && { dev }),
    optional: true,
    os: [os],
  };
}

function integrityOf(name, version) {
  return execFileSync('npm', ['view', `${name}@${version}`, 'dist.integrity'], { encoding: 'utf8' }).trim();
}

/** `@swc/core-linux-arm-gnueabihf` → linux, arm. */
function platformOf(name) {
  const words = name.split('-');
  const at = words.findIndex((word) => PLATFORMS.includes(word.split('/').at(-1)));
  return at < 0 || at + 1 >= words.length ? null : { os: words[at].split('/').at(-1), cpu: words[at + 1] };
}
