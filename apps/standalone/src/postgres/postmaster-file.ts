import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { commandLineOf } from '../process-table.js';

/** What a running postmaster writes about itself; the status is `ready` once it takes connections. */
export interface Postmaster {
  readonly pid: number;
  readonly status: string;
}

const STOP_PATIENCE_MS = 10_000;

export async function readPostmaster(cluster: string): Promise<Postmaster | undefined> {
  const text = await readFile(path.join(cluster, 'postmaster.pid'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : parsePostmaster(text);
}

/** Line 1 is the process id, line 8 the status, padded with blanks. */
export function parsePostmaster(text: string): Postmaster {
  const lines = text.split('\n');
  return { pid: Number(lines[0]), status: (lines[7] ?? '').trim() };
}

/**
 * Clears what a killed predecessor left: stops its server when that still runs, removes the file when it does not.
 * PostgreSQL itself refuses to start when the stale pid meanwhile belongs to any other process.
 */
export async function clearLeftover(cluster: string): Promise<void> {
  const postmaster = await readPostmaster(cluster);
  if (!postmaster) return;
  if (isServerOf(cluster, postmaster.pid)) await stopServer(cluster, postmaster.pid);
  await rm(path.join(cluster, 'postmaster.pid'), { force: true });
}

function isServerOf(cluster: string, pid: number): boolean {
  return commandLineOf(pid)?.includes(cluster) ?? false;
}

/** SIGINT is PostgreSQL's fast shutdown: sessions are ended, the data is flushed. */
async function stopServer(cluster: string, pid: number): Promise<void> {
  process.kill(pid, 'SIGINT');
  const deadline = performance.now() + STOP_PATIENCE_MS;
  while (isServerOf(cluster, pid)) {
    if (performance.now() > deadline) process.kill(pid, 'SIGKILL');
    await delay(20);
  }
}
