import { existsSync } from 'node:fs';
import type { IsolationWanted } from '@app/platform/config';
import { type Exit, ProcessGroup, type ProcessSpec } from './process-group.js';

/** `namespaces`: a command sees no process but its own, and nothing of it outlives it. `process_group`: neither is sure. */
export type IsolationInForce = 'namespaces' | 'process_group';

/** For a worker also `runner`: commands run in a process apart, without its credentials; `runner_away`: it does not answer. */
export type CommandIsolationInForce = IsolationInForce | 'runner' | 'runner_away';

/** The way into the namespaces, and the way to lose what would lead out of them again. */
interface WayIn {
  readonly enter: readonly string[];
  readonly drop: readonly string[];
}

/** Root enters by its own right; anybody else, and root of a container, in a user namespace of their own. */
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
 * Its first child is the namespace's init: it collects orphans, heeds no signal but SIGKILL, and dies with the group;
 * with it the kernel kills all that is left inside. The command is not init itself, since init ignores SIGTERM, and is no
 * shell's child, since a shell says 139 for what SIGSEGV killed; `unshare --fork` ends as its child did. What it says itself
 * goes to descriptor 3, and the command's errors by 4 to where they belong.
 */
const START_INIT = `unset PWD OLDPWD SHLVL
/bin/sh -c 'trap "" HUP INT QUIT TERM; "$0" 2147483647 & wait' "$0" </dev/null >/dev/null 2>&1 3>&- &
exec 4>&2 2>&3 3>&- "$@"`;
const GIVE_BACK_STDERR = `unset PWD OLDPWD SHLVL
exec 2>&4 4>&- "$@"`;

/** `unshare` fails to end by SIGKILL as its child did: nobody can be made to heed it. */
const CHILD_WAS_KILLED = /sigprocmask unblock failed/;

/** What makes the loader or a shell run a job's code before the namespaces are entered, or speak another language: set behind them. */
const UNSAFE_BEFORE_ISOLATION =
  /^(LD_.*|GCONV_PATH|GLIBC_TUNABLES|LOCPATH|NLSPATH|LANG|LANGUAGE|LC_.*|MALLOC_.*|SHELLOPTS|BASHOPTS|BASH_ENV|ENV|PS4)$/;

const PROBE_TIMEOUT_MS = 10_000;
/** Its parent is outside, and /proc is that of the inside. */
const PROBE = '[ "$PPID" = 0 ] && read -r self _ < /proc/self/stat && [ "$self" = "$$" ]';

/** What keeps a command from the worker's processes, among them their environment in /proc. */
export class CommandIsolation {
  private constructor(private readonly wayIn: WayIn | null) {}

  static readonly none = new CommandIsolation(null);

  /** Tries what this machine allows. Throws where nothing works and it is `required`. */
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

  /** The same, started inside. @param spec with the absolute path of its program */
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

  /** How the command ended, where what started it could not end likewise. */
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

/** Never by a job's PATH. */
function toolAt(name: string): string {
  const folders = ['/usr/bin', '/bin', '/usr/sbin', '/sbin'];
  return folders.map((folder) => `${folder}/${name}`).find((file) => existsSync(file)) ?? `/usr/bin/${name}`;
}
