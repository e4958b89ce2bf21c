import { databaseFault } from './database-fault.js';
import { exitOnStartupFault, StartupFault } from './exit-on-startup-fault.js';

/** Ends a command that an operator runs against DATABASE_URL: what happened there in words, and no stack. */
export function exitOnCommandFault(error: unknown): void {
  exitOnStartupFault(error instanceof StartupFault ? error : databaseFault(error));
}
