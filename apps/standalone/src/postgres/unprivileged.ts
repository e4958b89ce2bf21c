import { StartupFault } from '@app/platform/lifecycle';
import { execFileSync, spawnSync, type SpawnOptions } from 'node:child_process';

/** How to run a PostgreSQL program: it refuses to run as root, so root steps down to the user `postgres`. */
export interface Unprivileged {
  readonly owner: { readonly uid: number; readonly gid: number } | undefined;
  command(program: string, args: readonly string[]): readonly [string, readonly string[], SpawnOptions];
}

/** @param folders what the programs must be able to enter. */
export function stepDown(folders: readonly string[]): Unprivileged {
  if (process.getuid?.() !== 0)
    return { owner: undefined, command: (program, args) => [program, args, common()] };
  const owner = findOrCreateUser();
  const canEnter = folders.every((folder) => spawnSync('test', ['-x', folder], owner).status === 0);
  if (canEnter) return { owner, command: (program, args) => [program, args, { ...common(), ...owner }] };
  return { owner, command: throughSetpriv(owner, folders) };
}

/**
 * A clone below /root is closed to every other user. `setpriv` changes the user as well but keeps the one capability
 * that opens folders, so `npm start` works there too. The secure bit is for access(2), which PostgreSQL asks about its
 * own binaries and which would otherwise answer as if the capability were not there.
 */
function throughSetpriv(
  owner: { uid: number; gid: number },
  folders: readonly string[],
): Unprivileged['command'] {
  const flags = [`--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--clear-groups'];
  flags.push('--securebits=+no_setuid_fixup', '--inh-caps=+dac_override', '--ambient-caps=+dac_override');
  const works = folders.every(
    (folder) => spawnSync('setpriv', [...flags, 'test', '-x', folder]).status === 0,
  );
  if (!works) {
    throw new StartupFault(
      `PostgreSQL does not run as root, and its user "postgres" may not enter ${folders.join(' or ')}. Start as a normal user, or from a folder that others may enter, such as /opt.`,
    );
  }
  return (program, args) => ['setpriv', [...flags, program, ...args], common()];
}

function findOrCreateUser(): { uid: number; gid: number } {
  try {
    return findUser();
  } catch {
    return createUser();
  }
}

function findUser(): { uid: number; gid: number } {
  const id = (flag: string) =>
    Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8', stdio: 'pipe' }));
  return { uid: id('-u'), gid: id('-g') };
}

function createUser(): { uid: number; gid: number } {
  try {
    const flags = ['--system', '--user-group', '--no-create-home', '--shell', '/bin/false'];
    execFileSync('useradd', [...flags, 'postgres'], { stdio: 'pipe' });
    return findUser();
  } catch {
    throw new StartupFault(
      'PostgreSQL does not run as root, and the user "postgres" could not be created. Start as a normal user, or name a server: DATABASE_URL=postgresql://… npm start',
    );
  }
}

/** Neither the operator's PG* variables nor a working directory closed to `postgres` may reach the programs. */
function common(): SpawnOptions {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('PG')));
  return { cwd: '/', env: { ...env, LC_ALL: 'C' } };
}
