import { Logger } from '@nestjs/common';
import type { CommandTargets, IsolationWanted } from '@app/platform/config';
import { CommandIsolation } from '../command-isolation.js';
import { CommandPolicy } from '../command-policy.js';
import { CommandRunner } from '../command.runner.js';
import { CommandRunnerServer } from './command-runner-server.js';

export interface CommandServing {
  /** Absolute path of the socket to listen on. */
  readonly socketPath: string;
  readonly commandTargets: CommandTargets;
  /** Protects the command runner itself, and commands from one another. */
  readonly commandIsolation: IsolationWanted;
}

/** Runs commands for the worker at the other end of a socket. @throws whatever keeps it from starting */
export async function serveCommands(serving: CommandServing): Promise<CommandRunnerServer> {
  const { socketPath, commandTargets, commandIsolation } = serving;
  const policy = CommandPolicy.load(commandTargets);
  const isolation = await CommandIsolation.detect(commandIsolation);
  const runner = new CommandRunner(policy, isolation);
  const server = await CommandRunnerServer.listen(socketPath, runner);
  new Logger('Commands').log(`takes commands at ${socketPath}, isolation: ${isolation.inForce}`);
  return server;
}
