import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { THIS_CODE } from './fleet.js';

/** From this file on code tolerates schemas newer than itself (docs/adr/0007-schema-compatibility.md). */
const SINCE = 'docs/adr/0007-schema-compatibility.md';

export interface PreviousCode {
  /** @returns the folder of the tree, built; whoever asked removes it */
  build(): string;
}

/** The tree as it was before the last commit that added a migration, or why that cannot be had here. */
export function codeBeforeNewestMigration(): PreviousCode | string {
  const commit = git('log', '-1', '--format=%H', '--', 'migrations/index.ts');
  if (!commit) return 'no history of git is at hand';
  if (!git('cat-file', '-t', `${commit}^`)) return 'the history of git does not reach back so far';
  if (!git('ls-tree', `${commit}^`, SINCE)) return 'that code did not promise to run on a newer schema';
  return { build: () => buildTree(`${commit}^`) };
}

function buildTree(commit: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'previous-code-'));
  const archive = execFileSync('git', ['archive', commit], { cwd: THIS_CODE, maxBuffer: 256 * 1024 * 1024 });
  execFileSync('tar', ['-x', '-C', folder], { input: archive });
  const packages = path.join(folder, 'node_modules');
  symlinkSync(path.join(THIS_CODE, 'node_modules'), packages);
  execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: folder });
  if (productionPackages(folder) === productionPackages(THIS_CODE)) return folder;
  // Whatever compiled it, it runs with the packages that it was made for.
  rmSync(packages);
  execFileSync('npm', INSTALL, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  return folder;
}

const INSTALL = ['ci', '--omit=dev', '--omit=optional', '--ignore-scripts', '--prefer-offline', '--no-audit'];

function productionPackages(folder: string): string {
  const lock = readFileSync(path.join(folder, 'package-lock.json'), 'utf8');
  const { packages } = JSON.parse(lock) as { packages: Record<string, { dev?: boolean; version: string }> };
  const { '': _itself, ...installed } = packages;
  const production = Object.entries(installed).filter(([, { dev }]) => !dev);
  return JSON.stringify(production.map(([name, { version }]) => `${name}@${version}`).sort());
}

/** Trimmed output; null when git is not there or refuses. */
function git(...args: string[]): string | null {
  try {
    return execFileSync('git', args, {
      cwd: THIS_CODE,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return null;
  }
}
