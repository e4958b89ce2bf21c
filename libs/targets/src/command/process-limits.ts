import { spawnSync } from 'node:child_process';

/** Limits that the kernel applies to a command and to each of its children; null for no limit. */
export interface ProcessLimits {
  readonly cpuSeconds: number | null;
  /** Address space: some runtimes, such as Node, reserve far more than they use. */
  readonly memoryBytes: number | null;
  /** Counted for the whole user, across all containers of a machine; root is exempt. */
  readonly processes: number | null;
  readonly fileBytes: number | null;
}

const FLAGS: Readonly<Record<keyof ProcessLimits, string>> = {
  cpuSeconds: '--cpu',
  memoryBytes: '--as',
  processes: '--nproc',
  fileBytes: '--fsize',
};

export const NO_LIMITS: ProcessLimits = {
  cpuSeconds: null,
  memoryBytes: null,
  processes: null,
  fileBytes: null,
};

/** Throws for an unknown limit, and for any limit if `prlimit` is missing: a limit that is not enforced is worthless. */
export function parseLimits(given: unknown): ProcessLimits {
  const entries = Object.entries((given ?? {}) as Record<string, unknown>);
  for (const [name, value] of entries) {
    if (!Object.hasOwn(FLAGS, name))
      throw new Error(`has the limit "${name}"; there are ${Object.keys(FLAGS).join(', ')}`);
    if (!Number.isSafeInteger(value) || Number(value) < 1)
      throw new Error(`has no whole number for the limit ${name}`);
  }
  if (entries.length > 0 && !hasPrlimit())
    throw new Error('has limits, and there is no prlimit (util-linux) here');
  return { ...NO_LIMITS, ...Object.fromEntries(entries) };
}

/** Starts `prlimit`, which sets the limits and then becomes the command in the same process. Core dumps are off. */
export function limited(
  path: string,
  args: readonly string[],
  limits: ProcessLimits,
): { path: string; args: readonly string[] } {
  const names = Object.keys(FLAGS) as (keyof ProcessLimits)[];
  const flags = names.flatMap((name) => (limits[name] === null ? [] : [`${FLAGS[name]}=${limits[name]}`]));
  if (flags.length === 0) return { path, args };
  return { path: 'prlimit', args: [...flags, '--core=0', '--', path, ...args] };
}

function hasPrlimit(): boolean {
  return spawnSync('prlimit', ['--version'], { stdio: 'ignore' }).status === 0;
}
