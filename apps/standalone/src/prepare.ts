import { StartupFault } from '@app/platform/lifecycle';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** How prepare-databases.ts ends where it has said what is wrong with the environment, as `sysexits.h` has it. */
export const WRONG_CONFIGURATION = 78;

/** Runs prepare-databases.ts to its end with the environment of the apps. */
export async function prepareDatabases(env: Readonly<Record<string, string | undefined>>): Promise<void> {
  const script = fileURLToPath(new URL('prepare-databases.js', import.meta.url));
  const child = spawn(process.execPath, ['--enable-source-maps', script], {
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code === 0) return;
  throw new StartupFault(
    code === WRONG_CONFIGURATION
      ? 'Nothing was started.'
      : 'The databases could not be prepared; the reason is above. DATABASE_URL names the server in use.',
  );
}
