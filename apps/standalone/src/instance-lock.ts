import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { StartupFault } from '@app/platform/lifecycle';
import { commandLineOf } from './process-table.js';
import { errorCode } from './error-code.js';

export interface InstanceLock {
  /** The previous owner did not release it: it crashed or was killed, and its children may still be going down. */
  readonly recovered: boolean;
  readonly release: () => Promise<void>;
}

interface OwningProcess {
  readonly pid: number;
  readonly command: string;
}

/** Who the lock names; `nobody` where it was cut short by a crash. */
type Owner =
  { readonly type: 'none' } | { readonly type: 'nobody' } | ({ readonly type: 'process' } & OwningProcess);

/** One `npm start` per data folder: a second one would fight over the database and both ports. */
export async function lockDataDir(dataDir: string): Promise<InstanceLock> {
  const file = path.join(dataDir, 'standalone.lock');
  const recovered = await removeStaleLock(file, dataDir);
  await create(file, dataDir);
  return { recovered, release: () => rm(file, { force: true }) };
}

async function create(file: string, dataDir: string): Promise<void> {
  const owner = { pid: process.pid, command: commandLineOf(process.pid) };
  try {
    await writeFile(file, JSON.stringify(owner), { flag: 'wx' });
  } catch (error) {
    if (errorCode(error) === 'EEXIST') throw alreadyRunning(dataDir, 'another one that starts right now');
    throw error;
  }
}

async function removeStaleLock(file: string, dataDir: string): Promise<boolean> {
  const owner = parseOwner(await readFile(file, 'utf8').catch(() => undefined));
  if (owner.type === 'none') return false;
  if (owner.type === 'process' && commandLineOf(owner.pid) === owner.command)
    throw alreadyRunning(dataDir, `process ${owner.pid}`);
  await rm(file, { force: true });
  return true;
}

function parseOwner(text: string | undefined): Owner {
  if (text === undefined) return { type: 'none' };
  try {
    return { type: 'process', ...(JSON.parse(text) as OwningProcess) };
  } catch {
    return { type: 'nobody' };
  }
}

function alreadyRunning(dataDir: string, owner: string): StartupFault {
  return new StartupFault(
    `The scheduler is already running on ${dataDir} (${owner}). Stop it first, or run a second one apart: DATA_DIR=.data2 PORT=3010 npm start`,
  );
}
