import { once } from 'node:events';
import { lstat, unlink } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { StartupFault } from '@app/platform/lifecycle';
import type { CommandRunner } from '../command.runner.js';
import { RunSession } from './run-session.js';

/** User and group only: whoever may write to the socket may run anything on the allow-list. */
const UMASK_OF_SOCKET = 0o117;

/** Runs commands for the worker on the other side of a Unix socket. */
export class CommandRunnerServer {
  private readonly sessions = new Set<RunSession>();
  private readonly server: Server;

  private constructor(private readonly runner: CommandRunner) {
    this.server = createServer((socket) => this.serve(socket));
  }

  /** @throws StartupFault if another runner listens at the path, or it is not a socket */
  static async listen(path: string, runner: CommandRunner): Promise<CommandRunnerServer> {
    await removeLeftover(path);
    const running = new CommandRunnerServer(runner);
    const umask = process.umask(UMASK_OF_SOCKET);
    try {
      running.server.listen(path); // binds before it returns
    } finally {
      process.umask(umask);
    }
    await once(running.server, 'listening');
    return running;
  }

  /** Accepts no more connections. Resolves when the runs have ended; their workers may abort them sooner. */
  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    for (const session of this.sessions) session.endUnlessRunning();
    await closed;
  }

  private serve(socket: Socket): void {
    const session = new RunSession(socket, this.runner);
    this.sessions.add(session);
    socket.once('close', () => this.sessions.delete(session));
    session.start();
  }
}

/** Removes the socket of a runner that was killed: nobody answers there any more. */
async function removeLeftover(path: string): Promise<void> {
  const found = await lstat(path).catch(() => null);
  if (found === null) return;
  if (!found.isSocket()) throw new StartupFault(`COMMAND_RUNNER_SOCKET: ${path} is there, and is no socket`);
  if (await answers(path)) throw new StartupFault(`COMMAND_RUNNER_SOCKET: another runner listens at ${path}`);
  await unlink(path);
}

async function answers(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
