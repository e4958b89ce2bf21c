import { once } from 'node:events';
import { lstat, unlink } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { StartupFault } from '@app/platform/lifecycle';
import type { CommandRunner } from '../command.runner.js';
import { RunSession } from './run-session.js';

/** For its user and group: whoever may write to the socket may ask for what the allow-list has. */
const UMASK_OF_SOCKET = 0o117;

/** Runs commands for the worker on the other side of a Unix socket. */
export class CommandRunnerServer {
  private readonly sessions = new Set<RunSession>();
  private readonly server: Server;

  private constructor(private readonly runner: CommandRunner) {
    this.server = createServer((socket) => this.serve(socket));
  }

  /** @throws StartupFault where another one listens, or where something else is */
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

  /** Takes no more; resolves when what runs has ended, which those who asked for it may make sooner. */
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

/** What one that was killed left behind; nobody answers there any more. */
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
