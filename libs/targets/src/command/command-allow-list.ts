import { readFileSync } from 'node:fs';
import { parseLimits, type ProcessLimits } from './process-limits.js';
import { parseParameterTypes, type ParameterType } from './command-parameters.js';

/** A command that operators allow: a job names it by id and may add only what the entry permits. */
export interface AllowedCommand {
  readonly id: string;
  readonly path: string;
  /** `{name}` in an argument is replaced by that parameter of the run. */
  readonly args: readonly string[];
  /** The types that the run's parameters must have; null if any will do. */
  readonly parameters: ReadonlyMap<string, ParameterType> | null;
  /** Append the job's own arguments to the fixed ones. */
  readonly allowArgs: boolean;
  /** Accept the job's own environment variables; they can change what a program does (PATH, LD_PRELOAD, NODE_OPTIONS). */
  readonly allowEnv: boolean;
  readonly limits: ProcessLimits;
}

const KEYS: ReadonlySet<string> = new Set([
  'id',
  'path',
  'args',
  'parameters',
  'allowArgs',
  'allowEnv',
  'limits',
]);
const PLACEHOLDER = /\{([A-Za-z][A-Za-z0-9_]*)\}/g;

/** `{"commands": [{"id": "report", "path": "/usr/bin/report", "args": ["--region={region}"], "parameters": {…}, "limits": {…}}]}` */
export function readAllowList(file: string): ReadonlyMap<string, AllowedCommand> {
  try {
    const { commands } = JSON.parse(readFileSync(file, 'utf8')) as { commands?: unknown };
    if (!Array.isArray(commands)) throw new Error('"commands" is not a list');
    const allowed = commands.map((entry, index) => at(`commands[${index}]`, () => readAllowedCommand(entry)));
    const byId = new Map(allowed.map((command) => [command.id, command]));
    if (byId.size < allowed.length) throw new Error('two commands have the same id');
    return byId;
  } catch (error) {
    throw new Error(`COMMAND_TARGETS: ${file}: ${(error as Error).message}`, { cause: error });
  }
}

/** The fixed arguments with the run's parameters filled in; each stays a single argument. */
export function filledArgs(
  args: readonly string[],
  values: Readonly<Record<string, unknown>>,
): readonly string[] {
  return args.map((arg) => arg.replace(PLACEHOLDER, (_, name: string) => String(values[name])));
}

function readAllowedCommand(entry: unknown): AllowedCommand {
  const { id, path, args, parameters, allowArgs, allowEnv, limits, ...unknown } = {
    args: [],
    allowArgs: false,
    allowEnv: false,
    ...(entry as object | null),
  } as Record<string, unknown>;
  const [surplus] = Object.keys(unknown);
  if (surplus !== undefined) throw new Error(`does not know "${surplus}", only ${[...KEYS].join(', ')}`);
  const isValid =
    typeof id === 'string' &&
    typeof path === 'string' &&
    path.startsWith('/') &&
    isTextList(args) &&
    typeof allowArgs === 'boolean' &&
    typeof allowEnv === 'boolean';
  if (!isValid) throw new Error('needs an id, an absolute path and, if any, a list of args');
  const types = parameters === undefined ? null : parseParameterTypes(parameters);
  assertPlaceholders(args, types);
  return { id, path, args, parameters: types, allowArgs, allowEnv, limits: parseLimits(limits) };
}

/** A placeholder that no parameter fills would reach the command literally and mean something else. */
function assertPlaceholders(args: readonly string[], types: ReadonlyMap<string, ParameterType> | null): void {
  if (types === null) return;
  const names = args.flatMap((arg) => [...arg.matchAll(PLACEHOLDER)].map(([, name = '']) => name));
  const unfilled = names.find((name) => !types.get(name)?.required);
  if (unfilled !== undefined) throw new Error(`args name {${unfilled}}, which is no required parameter`);
}

function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function at<T>(place: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new Error(`${place} ${(error as Error).message}`, { cause: error });
  }
}
