import type { CommandTargets, IsolationWanted, LogFormat, LogLevel } from './app-config.js';
import { ConfigError } from './config-error.js';
import { type Faults, readVariables } from './read-variables.js';
import { serviceIdentity } from './service-identity.js';
import { type VariableName, VARIABLES } from './variables.js';

/** What a command runner is told: nothing of databases, queues and keys. */
export interface RunnerConfig {
  readonly service: { readonly name: string; readonly version: string };
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
  readonly socketPath: string;
  readonly commandTargets: CommandTargets;
  readonly commandIsolation: IsolationWanted;
}

/**
 * As `loadConfig`, for a process whose commands can read all that it has: any credential of the service is a fault.
 * @throws ConfigError naming every fault at once, and no value
 */
export function loadRunnerConfig(env: NodeJS.ProcessEnv): RunnerConfig {
  const faults: Faults = new Map();
  const values = readVariables(env, faults);
  for (const name of credentialsIn(env)) faults.set(name, NO_CREDENTIAL);
  const socketPath = values.COMMAND_RUNNER_SOCKET;
  if (socketPath === null && !faults.has('COMMAND_RUNNER_SOCKET'))
    faults.set('COMMAND_RUNNER_SOCKET', 'is where a command runner listens, and must be set');
  if (socketPath === null || faults.size > 0)
    throw new ConfigError([...faults].map(([name, fault]) => `${name}: ${fault}`));
  const isProduction = values.NODE_ENV === 'production';
  return {
    service: serviceIdentity,
    logLevel: values.LOG_LEVEL,
    logFormat: values.LOG_FORMAT ?? (isProduction ? 'json' : 'text'),
    socketPath,
    commandTargets: values.COMMAND_TARGETS,
    commandIsolation: values.COMMAND_ISOLATION,
  };
}

const NO_CREDENTIAL =
  'must not be set for a command runner, nor be in a .env beside it: commands can read what it has';

function credentialsIn(env: NodeJS.ProcessEnv): VariableName[] {
  const names = Object.keys(VARIABLES) as VariableName[];
  return names.filter((name) => VARIABLES[name].secret && (env[name] ?? '').trim() !== '');
}
