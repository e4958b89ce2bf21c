import type { Runner } from '../runner.js';
import type { CommandTarget } from '../target.js';
import type { CommandIsolationInForce } from './command-isolation.js';

/** What runs a worker's commands: the worker itself, or the command runner beside it. */
export interface CommandExecutor extends Runner<CommandTarget> {
  readonly isolationInForce: CommandIsolationInForce;
  /** Whether commands go to a command runner, which may be away. */
  readonly handsCommandsOver: boolean;
  /** @throws if commands are handed over and the command runner does not answer */
  check(): Promise<void>;
  close(): void;
}
