import { StartupFault } from './exit-on-startup-fault.js';

/** pg reports these without a code. */
const UNANSWERED = /^(timeout expired|timeout exceeded when trying to connect|Connection terminated)/;

/** What an operator reads when a command against DATABASE_URL failed: that nobody answers there, or the server's own words. */
export function databaseFault(error: unknown): StartupFault {
  if (!isUnanswered(error)) return new StartupFault(causeOf(error));
  return new StartupFault(
    `The server of DATABASE_URL does not answer: ${causeOf(error)}. Without DATABASE_URL, npm's commands mean the one of a running \`npm start\`.`,
  );
}

/** The error in words. Node says nothing when it was refused at each of the addresses of a host, as `localhost` has two. */
export function causeOf(error: unknown): string {
  const { message, errors = [], code } = error as NodeJS.ErrnoException & { errors?: readonly Error[] };
  return message || errors.map((one) => one.message).join(', ') || String(code ?? error);
}

/** What the system could not do has the call's name, at each address where there were several. */
function isUnanswered(error: unknown): boolean {
  const { message, errors, syscall } = error as NodeJS.ErrnoException & { errors?: readonly unknown[] };
  return syscall !== undefined || errors !== undefined || UNANSWERED.test(message);
}
