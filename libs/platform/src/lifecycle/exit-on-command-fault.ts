import { exitOnStartupFault, StartupFault } from './exit-on-startup-fault.js';

/**
 * Ends a command that an operator runs against DATABASE_URL: one line, no stack. Node says nothing in words when it was
 * refused at each of the addresses of a host, only a code.
 */
export function exitOnCommandFault(error: unknown): void {
  const { message, code } = error as NodeJS.ErrnoException;
  exitOnStartupFault(new StartupFault(message || `The server of DATABASE_URL does not answer (${code}).`));
}
