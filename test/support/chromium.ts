import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { it } from '@jest/globals';

/** What a browser makes of a page. */
export interface SeenPage {
  /** After scripts have run. */
  readonly dom: string;
  /** What the console of the page says; a violation of the content security policy is said there. */
  readonly console: readonly string[];
}

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--no-first-run',
  // It would ask its maker for this and that.
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
  '--enable-logging=stderr',
  // Of the page's own time, which passes as soon as nothing is left to load.
  '--virtual-time-budget=15000',
  '--dump-dom',
];

/** Opens a page on loopback as a person would, and leaves nothing behind. */
export async function openInChromium(url: string): Promise<SeenPage> {
  const profile = mkdtempSync(path.join(tmpdir(), 'scheduler-chromium-'));
  try {
    const args = [...FLAGS, `--user-data-dir=${profile}`, url];
    const options = { timeout: 90_000, maxBuffer: 64 * 1024 * 1024 };
    const { stdout, stderr } = await promisify(execFile)('chromium', args, options);
    return { dom: stdout, console: stderr.split('\n').filter((line) => line.includes(':CONSOLE')) };
  } finally {
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

const isMissing = spawnSync('chromium', ['--version']).error !== undefined;

if (isMissing && process.env.CI === 'true')
  throw new Error('chromium is not installed, and CI=true needs it (Debian: apt-get install chromium).');

/** `it` where Debian's chromium is installed; elsewhere the test is skipped. In CI it has to be there. */
export const withChromium: typeof it | typeof it.skip = isMissing ? it.skip : it;
