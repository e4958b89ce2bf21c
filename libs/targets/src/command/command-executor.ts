import type { Runner } from '../runner.js';
import type { CommandTarget } from '../target.js';
import type { CommandIsolationInForce } from './command-isolation.js';

/** Where a worker's commands run: here, or in the command runner beside it. */
export interface CommandExecutor extends Runner<CommandTarget> {
  readonly isolationInForce: CommandIsolationInForce;
  /** To a command runner, which may be away. */
  readonly handsCommandsOver: boolean;
  /** @throws where commands are handed over and the command runner does not answer */
  check(): Promise<void>;
  close(): void;
}
