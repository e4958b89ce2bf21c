import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../setup.mjs';

/** A database is cloned in a hook of its own; on a busy machine that takes longer than jest's 5 s. */
const PATIENCE = '--testTimeout=30000';

/** Runs jest on some projects and counts. @returns `{ passed, failed }` */
export async function runJest(projects, args, env, signal) {
  const folder = await mkdtemp(path.join(tmpdir(), 'scheduler-jest-'));
  const report = path.join(folder, 'report.json');
  try {
    const exitCode = await jest(
      [...args, '--json', `--outputFile=${report}`, '--selectProjects', ...projects],
      env,
      signal,
    );
    return count(exitCode, await readReport(report));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Nest 12 is ESM only, and jest loads ESM through vm modules. Its workers, and threads in them, inherit the flags. */
async function jest(args, env, signal) {
  const bin = path.join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const threads = pathToFileURL(path.join(import.meta.dirname, 'typescript-threads.mjs')).href;
  const flags = ['--experimental-vm-modules', '--no-warnings', `--import=${threads}`];
  const child = spawn(process.execPath, [...flags, bin, '--passWithNoTests', PATIENCE, ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: 'inherit',
  });
  const forward = () => child.kill('SIGTERM');
  signal.addEventListener('abort', forward, { once: true });
  const [exitCode] = await once(child, 'exit');
  signal.removeEventListener('abort', forward);
  return exitCode;
}

async function readReport(file) {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : JSON.parse(text);
}

/** A file that could not run counts as one failure; so does a jest that failed without naming a test. */
function count(exitCode, report) {
  if (!report) return { passed: 0, failed: 1 };
  const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
  return { passed: report.numPassedTests, failed: exitCode !== 0 && failed === 0 ? 1 : failed };
}
