import { ConfigError } from '@app/platform/config';
import { withoutUrlPasswords } from '@app/platform/logging';

interface ListenError extends Error {
  readonly code?: string;
  readonly address?: string;
  readonly port?: number;
}

/** Why the app does not start, for whoever started it. A stack only where nothing better is known. */
export function describeStartFailure(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  if (!(error instanceof Error)) return `The api cannot start: ${String(error)}`;
  return withoutUrlPasswords(`The api cannot start: ${explainListen(error) ?? error.stack ?? error.message}`);
}

function explainListen({ code, address, port }: ListenError): string | null {
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} on ${address} is taken; stop what listens there or set PORT.`;
    case 'EACCES':
      return `this user may not listen on port ${port}; set PORT to one above 1023.`;
    case 'EADDRNOTAVAIL':
      return `this machine has no address ${address}; set HOST.`;
    default:
      return null;
  }
}
