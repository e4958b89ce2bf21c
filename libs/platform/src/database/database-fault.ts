import { causeOf } from '@app/platform/failure';
import { exitOnStartupFault, StartupFault } from '@app/platform/lifecycle';
import { isAway, isDenial, isNoSuchDatabase, isPassingFailure } from './postgres-error.js';

/** Ends a command that an operator runs against DATABASE_URL. */
export function exitOnCommandFault(error: unknown, exitCode?: number): void {
  exitOnStartupFault(databaseFault(error), exitCode);
}

/** What an operator can mend in words: that nobody answers there, or why the server would not serve. All else as it is. */
export function databaseFault(error: unknown): unknown {
  if (isAway(error)) {
    return new StartupFault(
      `The server of DATABASE_URL does not answer: ${causeOf(error)}. Without DATABASE_URL, npm's commands mean the one of a running \`npm start\`.`,
    );
  }
  const isForOperators = isDenial(error) || isNoSuchDatabase(error) || isPassingFailure(error);
  return isForOperators ? new StartupFault(causeOf(error)) : error;
}
