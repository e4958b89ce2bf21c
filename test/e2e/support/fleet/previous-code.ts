import { execFileSync } from 'node:child_process';
import { mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { THIS_CODE } from './fleet.js';

/** From this file on code tolerates schemas newer than itself (docs/adr/0007-schema-compatibility.md). */
const SINCE = 'docs/adr/0007-schema-compatibility.md';

export interface PreviousCode {
  /** @returns the folder of the tree, built; whoever asked removes it */
  build(): string;
}

/**
 * The tree as it was before the last commit that added a migration; null where the history is not at hand (a shallow
 * clone, an archive), or that code did not promise to run on a newer schema, or needs other packages than are installed.
 */
export function codeBeforeNewestMigration(): PreviousCode | null {
  const commit = git('log', '-1', '--format=%H', '--', 'migrations/index.ts');
  if (!commit || !git('cat-file', '-t', `${commit}^`)) return null;
  if (!git('ls-tree', `${commit}^`, SINCE)) return null;
  if (git('diff', '--stat', `${commit}^`, '--', 'package-lock.json') !== '') return null;
  return { build: () => buildTree(`${commit}^`) };
}

function buildTree(commit: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'previous-code-'));
  const archive = execFileSync('git', ['archive', commit], { cwd: THIS_CODE, maxBuffer: 256 * 1024 * 1024 });
  execFileSync('tar', ['-x', '-C', folder], { input: archive });
  symlinkSync(path.join(THIS_CODE, 'node_modules'), path.join(folder, 'node_modules'));
  execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: folder });
  return folder;
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
