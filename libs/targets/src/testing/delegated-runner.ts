import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import type { CommandRunner } from '../command/command.runner.js';
import { CommandRunnerServer } from '../command/delegation/command-runner-server.js';
import { DelegatingRunner } from '../command/delegation/delegating.runner.js';

/** A command runner behind a socket, and the worker's side of the connection. */
export class DelegatedRunner {
  private constructor(
    readonly socketPath: string,
    readonly runner: DelegatingRunner,
    private readonly server: CommandRunnerServer,
  ) {}

  static async start(runner: CommandRunner): Promise<DelegatedRunner> {
    Logger.overrideLogger(false);
    const socketPath = join(mkdtempSync(join(tmpdir(), 'command-runner-')), 'runner.sock');
    const server = await CommandRunnerServer.listen(socketPath, runner);
    return new DelegatedRunner(socketPath, new DelegatingRunner(socketPath), server);
  }

  async stop(): Promise<void> {
    this.runner.close();
    await this.server.close();
    rmSync(join(this.socketPath, '..'), { recursive: true });
  }
}
