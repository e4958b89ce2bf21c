import { readdirSync, readFileSync } from 'node:fs';

/** Processes with this very argument, as the machine numbers them: inside a namespace they have other ids. */
export function markedProcesses(mark: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && argumentsOf(name).includes(mark))
    .map(Number);
}

export function killMarked(mark: string): void {
  for (const pid of markedProcesses(mark)) process.kill(pid, 'SIGKILL');
}

export async function untilGone(mark: string): Promise<void> {
  while (markedProcesses(mark).length > 0) await new Promise((resolve) => setImmediate(resolve));
}

/** None of a zombie, nor of a process that went while we looked. */
function argumentsOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
