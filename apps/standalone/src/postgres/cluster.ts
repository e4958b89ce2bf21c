import { spawnSync } from 'node:child_process';
import { chown, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { StartupFault } from '@app/platform/lifecycle';
import type { PostgresBinaries } from './binaries.js';
import type { Unprivileged } from './unprivileged.js';

/** Makes sure that `folder` holds a data cluster which these binaries can open. */
export async function prepareCluster(
  folder: string,
  password: string,
  binaries: PostgresBinaries,
  unprivileged: Unprivileged,
): Promise<void> {
  const version = await readVersion(folder);
  if (version === undefined) return createCluster(folder, password, binaries, unprivileged);
  if (version === binaries.majorVersion) return;
  throw new StartupFault(
    `${folder} was written by PostgreSQL ${version}, this release carries ${binaries.majorVersion}. Move the folder away to start empty, or keep using it with a server of its version: DATABASE_URL=postgresql://… npm start`,
  );
}

async function readVersion(folder: string): Promise<string | undefined> {
  const version = await readFile(path.join(folder, 'PG_VERSION'), 'utf8').catch(() => undefined);
  if (version !== undefined) return version.trim();
  const content = await readdir(folder).catch(() => []);
  if (content.length === 0) return undefined;
  throw new StartupFault(
    `${folder} is not a PostgreSQL data folder. Move it away, or choose another: DATA_DIR=/path npm start`,
  );
}

/** Made aside and renamed when complete: an interrupted initdb leaves nothing that looks like a database. */
async function createCluster(
  folder: string,
  password: string,
  binaries: PostgresBinaries,
  unprivileged: Unprivileged,
): Promise<void> {
  const staging = `${folder}.new`;
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging, { mode: 0o700 });
  await giveTo(unprivileged, staging);
  const passwordFile = `${folder}.password`;
  await writeFile(passwordFile, password, { mode: 0o600 });
  await giveTo(unprivileged, passwordFile);
  try {
    runInitdb(staging, passwordFile, binaries, unprivileged);
  } finally {
    await rm(passwordFile, { force: true });
  }
  await rm(folder, { recursive: true, force: true });
  await rename(staging, folder);
}

async function giveTo({ owner }: Unprivileged, file: string): Promise<void> {
  if (owner) await chown(file, owner.uid, owner.gid);
}

/** The builtin C.UTF-8 sorts by code point on every platform, as C does, and still knows upper and lower case. */
function runInitdb(
  folder: string,
  passwordFile: string,
  binaries: PostgresBinaries,
  unprivileged: Unprivileged,
): void {
  const flags = [
    '--username=postgres',
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
    '--encoding=UTF8',
  ];
  flags.push('--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', `--pgdata=${folder}`);
  const [program, args, options] = unprivileged.command(binaries.initdb, flags);
  const { status, stderr, error } = spawnSync(program, args, { ...options, encoding: 'utf8' });
  if (status === 0) return;
  const reason = error?.message ?? stderr.trim().split('\n')[0];
  throw new StartupFault(
    `The embedded database could not be created: ${reason}. Or name a server: DATABASE_URL=postgresql://… npm start`,
  );
}
