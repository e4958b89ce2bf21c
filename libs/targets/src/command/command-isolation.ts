import { existsSync } from 'node:fs';
import type { IsolationWanted } from '@app/platform/config';
import { type Exit, ProcessGroup, type ProcessSpec } from './process-group.js';

/** `namespaces`: a command sees only its own processes, and none outlives it. `process_group`: neither is guaranteed. */
export type IsolationInForce = 'namespaces' | 'process_group';

/** For a worker also `runner`: another process, without its credentials, runs them; `runner_away`: it does not answer. */
export type CommandIsolationInForce = IsolationInForce | 'runner' | 'runner_away';

/** How to enter the namespaces, and how to drop the capabilities that would lead back out. */
interface WayIn {
  readonly enter: readonly string[];
  readonly drop: readonly string[];
}

/** Root can enter directly; other users, and root in a container, need a user namespace first. */
const WAYS_IN: readonly WayIn[] = [
  {
    enter: ['--pid'],
    drop: ['--bounding-set=-sys_admin,-sys_ptrace', '--inh-caps=-sys_admin,-sys_ptrace'],
  },
  {
    enter: ['--user', '--map-current-user', '--keep-caps', '--pid'],
    drop: ['--ambient-caps=-all', '--inh-caps=-all', '--bounding-set=-all'],
  },
];

/**
 * The first child is the namespace's init: it reaps orphans, ignores every signal but SIGKILL, and dies with the group;
 * the kernel then kills whatever is left inside. The command must not be init itself, since init ignores SIGTERM, nor a
 * child of a shell, since a shell reports 139 for a process that SIGSEGV killed; `unshare --fork` ends just as its child
 * did. Its own messages go to descriptor 3; descriptor 4 carries the command's stderr to where it belongs.
 */
const START_INIT = `unset PWD OLDPWD SHLVL
/bin/sh -c 'trap "" HUP INT QUIT TERM; "$0" 2147483647 & wait' "$0" </dev/null >/dev/null 2>&1 3>&- &
exec 4>&2 2>&3 3>&- "$@"`;
const GIVE_BACK_STDERR = `unset PWD OLDPWD SHLVL
exec 2>&4 4>&- "$@"`;

/** `unshare` says this if SIGKILL ended its child: it cannot end the same way, since nobody can reset that signal. */
const CHILD_WAS_KILLED = /sigprocmask unblock failed/;

/**
 * Variables that would make the loader or a shell run the job's code before it is isolated, or change the language of
 * its messages. They are set inside.
 */
const UNSAFE_BEFORE_ISOLATION =
  /^(LD_.*|GCONV_PATH|GLIBC_TUNABLES|LOCPATH|NLSPATH|LANG|LANGUAGE|LC_.*|MALLOC_.*|SHELLOPTS|BASHOPTS|BASH_ENV|ENV|PS4)$/;

const PROBE_TIMEOUT_MS = 10_000;
/** Succeeds if its parent is outside the namespace and /proc shows the inside. */
const PROBE = '[ "$PPID" = 0 ] && read -r self _ < /proc/self/stat && [ "$self" = "$$" ]';

/** Keeps a command away from the worker's processes, including their environment in /proc. */
export class CommandIsolation {
  private constructor(private readonly wayIn: WayIn | null) {}

  static readonly none = new CommandIsolation(null);

  /** Tries what this machine allows. Throws if nothing works and isolation is `required`. */
  static async detect(wanted: IsolationWanted): Promise<CommandIsolation> {
    if (wanted === 'off') return CommandIsolation.none;
    for (const candidate of WAYS_IN.map((wayIn) => new CommandIsolation(wayIn)))
      if (await candidate.works()) return candidate;
    if (wanted === 'auto') return CommandIsolation.none;
    throw new Error(
      'COMMAND_ISOLATION=required: this machine gives no PID namespace (unshare and setpriv of util-linux)',
    );
  }

  get inForce(): IsolationInForce {
    return this.wayIn === null ? 'process_group' : 'namespaces';
  }

  /** The same process, started inside the namespaces. @param spec with the absolute path of its program */
  around(spec: ProcessSpec): ProcessSpec {
    if (this.wayIn === null) return spec;
    const { enter, drop } = this.wayIn;
    const variables = Object.entries(spec.env);
    const setInside = variables.filter(([name]) => isUnsafe(name)).map(([name, value]) => `${name}=${value}`);
    const throughEnv = setInside.length === 0 ? [] : [toolAt('env'), ...setInside];
    const inside = [...throughEnv, spec.path, ...spec.args];
    const init = ['/bin/sh', '-c', START_INIT, toolAt('sleep')];
    const unshare = toolAt('unshare');
    const command = ['/bin/sh', '-c', GIVE_BACK_STDERR, 'sh', toolAt('setpriv'), ...drop, '--', ...inside];
    return {
      ...spec,
      path: unshare,
      args: [...enter, '--', ...init, unshare, '--mount-proc', '--fork', '--', ...command],
      hasStarter: true,
      env: Object.fromEntries(variables.filter(([name]) => !isUnsafe(name))),
    };
  }

  /** How the command really ended, even if the program that started it could not end the same way. */
  exitOf(exit: Exit): Exit {
    if (!CHILD_WAS_KILLED.test(exit.starterSaid)) return exit;
    return { ...exit, exitCode: null, signal: 'SIGKILL', starterSaid: '' };
  }

  private async works(): Promise<boolean> {
    const probe = { path: '/bin/sh', args: ['-c', PROBE], env: {}, workDirectory: '/', stdin: null };
    try {
      const group = await ProcessGroup.start(this.around(probe), { onStdout() {}, onStderr() {} });
      const { exitCode } = await group.end(AbortSignal.timeout(PROBE_TIMEOUT_MS), () => 0);
      return exitCode === 0;
    } catch {
      return false;
    }
  }
}

function isUnsafe(name: string): boolean {
  return UNSAFE_BEFORE_ISOLATION.test(name);
}

/** Never looked up in a job's PATH. */
function toolAt(name: string): string {
  const folders = ['/usr/bin', '/bin', '/usr/sbin', '/sbin'];
  return folders.map((folder) => `${folder}/${name}`).find((file) => existsSync(file)) ?? `/usr/bin/${name}`;
}
