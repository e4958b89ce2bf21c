import { readFileSync } from 'node:fs';
import { failed, type OutcomeFailed } from './outcome.js';
import type { CommandTarget } from './target.js';

/** `disabled`, `enabled`, or the commands that a file names. */
export type CommandTargets = 'disabled' | 'enabled' | { readonly allowListFile: string };

/** A command that operators allow: jobs name it by id, and add to it only what it takes. */
export interface AllowedCommand {
  readonly id: string;
  readonly path: string;
  readonly args: readonly string[];
  /** Append the job's own arguments to the fixed ones. */
  readonly allowArgs: boolean;
  /** Take the job's own environment; it can change what a program does (PATH, LD_PRELOAD, NODE_OPTIONS). */
  readonly allowEnv: boolean;
}

/** What really is started. */
export interface PermittedCommand {
  readonly type: 'permitted';
  readonly path: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Which commands may run, and as what. */
export class CommandPolicy {
  private constructor(private readonly rule: 'disabled' | 'enabled' | ReadonlyMap<string, AllowedCommand>) {}

  /** Reads the allow-list file, if there is one; throws an Error that says what is wrong with it. */
  static load(commandTargets: CommandTargets): CommandPolicy {
    if (typeof commandTargets === 'string') return new CommandPolicy(commandTargets);
    return new CommandPolicy(readAllowList(commandTargets.allowListFile));
  }

  permit(target: CommandTarget): PermittedCommand | OutcomeFailed {
    if (this.rule === 'disabled') return refused('command_disabled', 'command targets are disabled here');
    if (this.rule === 'enabled') return permitted(target.command, target.args ?? [], target.env ?? {});
    const allowed = this.rule.get(target.command);
    if (!allowed) return refused('command_not_allowed', 'the command is not on the allow-list');
    return permitAllowed(allowed, target.args ?? [], target.env ?? {});
  }
}

/** Refuses rather than drops what an entry does not take: a command run without its arguments does something else. */
function permitAllowed(
  allowed: AllowedCommand,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): PermittedCommand | OutcomeFailed {
  if (args.length > 0 && !allowed.allowArgs) {
    return refused('command_not_allowed', `the command "${allowed.id}" takes no arguments`);
  }
  if (Object.keys(env).length > 0 && !allowed.allowEnv) {
    return refused('command_not_allowed', `the command "${allowed.id}" takes no environment`);
  }
  return permitted(allowed.path, [...allowed.args, ...args], env);
}

function permitted(
  path: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): PermittedCommand {
  return { type: 'permitted', path, args, env };
}

function refused(type: string, message: string): OutcomeFailed {
  return failed('target', { type, message });
}

/** `{ "commands": [{ "id": "report", "path": "/usr/bin/report", "args": ["--all"], "allowArgs": false, "allowEnv": false }] }` */
function readAllowList(file: string): ReadonlyMap<string, AllowedCommand> {
  try {
    const { commands } = JSON.parse(readFileSync(file, 'utf8')) as { commands?: unknown };
    if (!Array.isArray(commands)) throw new Error('"commands" is not a list');
    const allowed = commands.map(readAllowedCommand);
    return new Map(allowed.map((command) => [command.id, command]));
  } catch (error) {
    throw new Error(`COMMAND_TARGETS: ${file}: ${(error as Error).message}`, { cause: error });
  }
}

function readAllowedCommand(entry: unknown, index: number): AllowedCommand {
  const {
    id,
    path,
    args = [],
    allowArgs = false,
    allowEnv = false,
  } = (entry ?? {}) as Record<string, unknown>;
  const isValid =
    typeof id === 'string' &&
    typeof path === 'string' &&
    path.startsWith('/') &&
    Array.isArray(args) &&
    args.every((arg) => typeof arg === 'string') &&
    typeof allowArgs === 'boolean' &&
    typeof allowEnv === 'boolean';
  if (!isValid)
    throw new Error(`commands[${index}] needs an id, an absolute path and, if any, a list of args`);
  return { id, path, args, allowArgs, allowEnv };
}
