/** What a campaign needs of this machine: its own code compiled, and a product and a folder that nobody else touches. */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startEmbeddedPostgres } from '../../dist/apps/standalone/src/postgres/embedded-postgres.js';
import { stopWithUs } from '../../dist/apps/standalone/src/stop-with-us.js';

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
/** Below node_modules, so that packages resolve as they do for dist/. */
const cache = path.join(root, 'node_modules', '.cache', `chaos-${process.pid}`);
const HARNESS_FOLDERS = ['test/chaos', 'test/support'];
const POSTGRES = { fsync: 'off', full_page_writes: 'off', max_connections: '300' };
/** Debian's libfaketime, on any architecture. */
const LIBRARIES = '/usr/lib';
const folders = [];
const mounts = [];
process.once('exit', unmount);

/** Compiles the harness and loads it. */
export async function prepareHarness() {
  await mkdir(cache, { recursive: true });
  await writeFile(path.join(cache, 'package.json'), await readFile(path.join(root, 'package.json')));
  const { transformFile } = await import('@swc/core');
  const swc = JSON.parse(await readFile(path.join(root, '.swcrc'), 'utf8'));
  for (const source of await harnessSources()) {
    const { code } = await transformFile(path.join(root, source), {
      ...swc,
      $schema: undefined,
      swcrc: false,
    });
    const output = path.join(cache, source.replace(/\.ts$/, '.js'));
    await mkdir(path.dirname(output), { recursive: true });
    await writeFile(output, code);
  }
  return import(path.join(cache, 'test/chaos/campaign/main.js'));
}

async function harnessSources() {
  const lists = await Promise.all(
    HARNESS_FOLDERS.map(async (folder) =>
      (await readdir(path.join(root, folder), { recursive: true })).map((file) => path.join(folder, file)),
    ),
  );
  return lists.flat().filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'));
}

/** A fresh one for each campaign. */
export async function newMachine() {
  const dist = path.join(cache, randomBytes(4).toString('hex'));
  await cp(path.join(root, 'dist'), dist, { recursive: true });
  const folder = await mkdtemp(path.join(tmpdir(), 'scheduler-chaos-'));
  // PostgreSQL runs as another user when the tests run as root.
  await chmod(folder, 0o755);
  folders.push(folder);
  return {
    dist,
    folder,
    startPostgres: (dataDir) =>
      startEmbeddedPostgres(
        { dataDir, settings: POSTGRES, report: () => undefined },
        new AbortController().signal,
      ),
    prepareDatabases: async (environment) => {
      const { prepareDatabases } = await import(path.join(dist, 'apps/standalone/src/prepare.js'));
      await prepareDatabases({ PATH: process.env.PATH, ...environment });
    },
    mountTmpfs: (name, megabytes) => mountTmpfs(path.join(folder, name), megabytes),
    unmountAll: async () => unmount(),
    clockLibrary,
    stopWithUs,
    log: (line) => console.log(line),
  };
}

async function mountTmpfs(folder, megabytes) {
  await mkdir(folder);
  const { status } = spawnSync('mount', [
    '-t',
    'tmpfs',
    '-o',
    `size=${megabytes}m,mode=755`,
    'tmpfs',
    folder,
  ]);
  if (status !== 0) return null;
  mounts.push(folder);
  return folder;
}

/** Lazily: what still runs there ends with us. */
function unmount() {
  for (const folder of mounts.splice(0)) spawnSync('umount', ['--lazy', folder]);
}

async function clockLibrary() {
  for (const architecture of await readdir(LIBRARIES)) {
    const library = path.join(LIBRARIES, architecture, 'faketime', 'libfaketimeMT.so.1');
    if (existsSync(library)) return library;
  }
  return null;
}

export function removeCode() {
  return rm(cache, { recursive: true, force: true });
}

export async function removeLogs() {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
}
