import { Logger, Module } from '@nestjs/common';
import { AppConfig } from '@app/platform/config';
import type { CommandExecutor } from './command/command-executor.js';
import { CommandIsolation } from './command/command-isolation.js';
import { CommandPolicy } from './command/command-policy.js';
import { CommandRunner } from './command/command.runner.js';
import { DelegatingRunner } from './command/delegation/delegating.runner.js';
import { TargetRunners, type TargetsOptions } from './target-runners.js';

const logger = new Logger('Commands');

/** A command runner that is not up yet delays runs, not the start of the worker. */
async function commandRunnerFor(options: TargetsOptions): Promise<CommandExecutor> {
  const { commandTargets, commandRunnerSocket = null } = options;
  if (commandRunnerSocket === null)
    return new CommandRunner(CommandPolicy.load(commandTargets), await isolationFor(options));
  const delegating = new DelegatingRunner(commandRunnerSocket);
  await delegating.watch();
  return delegating;
}

/** Tried once, at start, and logged. Skipped if commands are disabled. */
async function isolationFor({
  commandTargets,
  commandIsolation = 'auto',
}: TargetsOptions): Promise<CommandIsolation> {
  if (commandTargets === 'disabled') return CommandIsolation.none;
  const isolation = await CommandIsolation.detect(commandIsolation);
  if (isolation.inForce === 'namespaces') logger.log('commands run in PID namespaces of their own');
  else logger.warn(NOT_ISOLATED);
  return isolation;
}

const NOT_ISOLATED =
  'commands are not isolated: they can read what this worker has in its environment, and what they start may outlive ' +
  'them (docs/security.md, "Commands")';

@Module({
  providers: [
    {
      provide: TargetRunners,
      inject: [AppConfig],
      useFactory: async (config: AppConfig) =>
        TargetRunners.fromOptions(config, await commandRunnerFor(config)),
    },
  ],
  exports: [TargetRunners],
})
export class TargetsModule {}
