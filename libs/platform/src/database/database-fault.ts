import { causeOf } from '@app/platform/failure';
import { exitOnStartupFault, StartupFault } from '@app/platform/lifecycle';
import { isAway } from './postgres-error.js';

/** Ends a command that an operator runs against DATABASE_URL: what happened there in words, and no stack. */
export function exitOnCommandFault(error: unknown): void {
  exitOnStartupFault(error instanceof StartupFault ? error : databaseFault(error));
}

/** What an operator reads when a command against DATABASE_URL failed: that nobody answers there, or the server's own words. */
export function databaseFault(error: unknown): StartupFault {
  if (!isAway(error)) return new StartupFault(causeOf(error));
  return new StartupFault(
    `The server of DATABASE_URL does not answer: ${causeOf(error)}. Without DATABASE_URL, npm's commands mean the one of a running \`npm start\`.`,
  );
}
