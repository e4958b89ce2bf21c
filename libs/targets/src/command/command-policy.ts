import type { CommandTargets } from '@app/platform/config';
import { failed, type OutcomeFailed } from '../outcome.js';
import type { CommandTarget } from '../target.js';
import { type AllowedCommand, filledArgs, readAllowList } from './command-allow-list.js';
import { faultOfParameters } from './command-parameters.js';
import { limited } from './process-limits.js';

/** What is actually started. */
export interface PermittedCommand {
  readonly type: 'permitted';
  readonly path: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The absolute path of the program itself (`path` may be one that starts it); null if PATH decides. */
  readonly program: string | null;
}

/** Which commands may run, and what is started for each. */
export class CommandPolicy {
  private constructor(private readonly rule: 'disabled' | 'enabled' | ReadonlyMap<string, AllowedCommand>) {}

  /** Reads the allow-list file, if there is one. Throws an Error that says what is wrong with it. */
  static load(commandTargets: CommandTargets): CommandPolicy {
    if (typeof commandTargets === 'string') return new CommandPolicy(commandTargets);
    return new CommandPolicy(readAllowList(commandTargets.allowListFile));
  }

  /** @param parameters those of the run; an allowed command may restrict them */
  permit(
    target: CommandTarget,
    parameters: Readonly<Record<string, unknown>> = {},
  ): PermittedCommand | OutcomeFailed {
    if (this.rule === 'disabled') return refused('command_disabled', 'command targets are disabled here');
    if (this.rule === 'enabled') return permitted(target.command, target.args ?? [], target.env ?? {});
    const allowed = this.rule.get(target.command);
    if (!allowed) return refused('command_not_allowed', 'the command is not on the allow-list');
    return permitAllowed(allowed, target.args ?? [], target.env ?? {}, parameters);
  }
}

/** Refuses what an entry does not permit, rather than dropping it: with fewer arguments a command does something else. */
function permitAllowed(
  allowed: AllowedCommand,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  parameters: Readonly<Record<string, unknown>>,
): PermittedCommand | OutcomeFailed {
  if (args.length > 0 && !allowed.allowArgs) {
    return refused('command_not_allowed', `the command "${allowed.id}" takes no arguments`);
  }
  if (Object.keys(env).length > 0 && !allowed.allowEnv) {
    return refused('command_not_allowed', `the command "${allowed.id}" takes no environment`);
  }
  const fault = allowed.parameters === null ? null : faultOfParameters(parameters, allowed.parameters);
  if (fault !== null) return refused('invalid_parameters', fault);
  const fixed = allowed.parameters === null ? allowed.args : filledArgs(allowed.args, parameters);
  const started = limited(allowed.path, [...fixed, ...args], allowed.limits);
  return permitted(started.path, started.args, env, allowed.path);
}

function permitted(
  path: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  program: string | null = null,
): PermittedCommand {
  return { type: 'permitted', path, args, env, program };
}

function refused(type: string, message: string): OutcomeFailed {
  return failed('target', { type, message });
}
