import { spawn, type ChildProcess } from 'node:child_process';

/**
 * Interrupts a server when this process dies without a chance to do so (SIGKILL, out of memory). PostgreSQL and Redis
 * cannot notice by themselves; a shell that waits for the end of its input can, since the kernel closes the pipe.
 */
export function stopWithUs(server: ChildProcess): void {
  if (server.pid === undefined || process.platform === 'win32') return;
  const guard = spawn('/bin/sh', ['-c', `read _; kill -INT ${server.pid}`], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.unref();
  server.once('exit', () => guard.kill('SIGKILL'));
}
