import { spawn, type ChildProcess } from 'node:child_process';

/**
 * Stops PostgreSQL when this process dies without a chance to do so (SIGKILL, out of memory). The server cannot notice
 * by itself; a shell that waits for the end of its input can, since the kernel closes the pipe in any case.
 */
export function guardPostgres(postgresPid: number): ChildProcess | undefined {
  if (process.platform === 'win32') return undefined;
  const guard = spawn('/bin/sh', ['-c', `read _; kill -INT ${postgresPid}`], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.unref();
  return guard;
}
