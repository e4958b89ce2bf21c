import { readFileSync, readdirSync } from 'node:fs';

export interface RunningProcess {
  readonly pid: number;
  readonly parentPid: number;
  readonly command: string;
}

/** All processes below `pid`, from /proc; a guard, a database's backends and whatever else was started on the way. */
export function descendantsOf(pid: number): RunningProcess[] {
  const all = runningProcesses();
  const below = (parent: number): RunningProcess[] =>
    all
      .filter((process) => process.parentPid === parent)
      .flatMap((process) => [process, ...below(process.pid)]);
  return below(pid);
}

/** Those of `processes` that still run: a reused pid has another command. */
export function survivorsOf(processes: readonly RunningProcess[]): RunningProcess[] {
  const all = runningProcesses();
  return processes.filter(({ pid, command }) =>
    all.some((now) => now.pid === pid && now.command === command),
  );
}

function runningProcesses(): RunningProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readProcess(Number(name)) ?? []);
}

/** Undefined when it ended while we looked, or is a zombie that only waits to be counted. */
function readProcess(pid: number): RunningProcess | undefined {
  try {
    const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1) ?? '';
    const [state, parentPid] = afterName.split(' ');
    if (state === 'Z') return undefined;
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    return { pid, parentPid: Number(parentPid), command };
  } catch {
    return undefined;
  }
}
