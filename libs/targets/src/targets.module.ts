import {
  Logger,
  Module,
  type DynamicModule,
  type FactoryProvider,
  type ModuleMetadata,
} from '@nestjs/common';
import { CommandIsolation } from './command-isolation.js';
import { CommandPolicy } from './command-policy.js';
import { CommandRunner } from './command.runner.js';
import { DelegatingRunner } from './delegation/delegating.runner.js';
import { TargetRunners, type TargetsOptions } from './target-runners.js';

export const TARGETS_OPTIONS = Symbol('TARGETS_OPTIONS');

export interface TargetsAsyncOptions extends Pick<ModuleMetadata, 'imports'> {
  readonly inject?: FactoryProvider['inject'];
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- what Nest injects, as in its own FactoryProvider
  readonly useFactory: (...args: any[]) => TargetsOptions | Promise<TargetsOptions>;
}

const logger = new Logger('Commands');

/** One that is not there yet is waited for by runs, not by the start. */
async function commandRunnerFor(options: TargetsOptions): Promise<CommandRunner | DelegatingRunner> {
  const { commandTargets, commandRunnerSocket = null } = options;
  if (commandRunnerSocket === null)
    return new CommandRunner(CommandPolicy.load(commandTargets), undefined, await isolationFor(options));
  const delegating = new DelegatingRunner(commandRunnerSocket);
  await delegating.watch();
  return delegating;
}

/** Tried once, at start, and said. Where there are no commands, nothing is. */
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

@Module({})
export class TargetsModule {
  static forRootAsync({ imports = [], inject = [], useFactory }: TargetsAsyncOptions): DynamicModule {
    return {
      module: TargetsModule,
      imports,
      providers: [
        { provide: TARGETS_OPTIONS, inject, useFactory },
        {
          provide: TargetRunners,
          inject: [TARGETS_OPTIONS],
          useFactory: async (options: TargetsOptions) =>
            TargetRunners.fromOptions(options, await commandRunnerFor(options)),
        },
      ],
      exports: [TargetRunners],
    };
  }
}
