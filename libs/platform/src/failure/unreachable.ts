/** Codes of failures in the network. An error that stands for all addresses of a host has nothing more than that. */
const CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EPIPE',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
]);

/** The system calls of a connection. A file has some of its own, such as `open`. */
const CALLS: ReadonlySet<string> = new Set(['getaddrinfo', 'connect', 'read', 'write']);

/**
 * Whether nobody answered.
 * @param messages what a client says of that without a code
 */
export function isUnreachable(error: unknown, messages?: RegExp): boolean {
  // Not `instanceof Error`: under Jest, Node's own errors are of another realm.
  const { code, syscall, message, errors } = (error ?? {}) as Partial<ConnectionError>;
  if (CODES.has(String(code)) || CALLS.has(String(syscall))) return true;
  if (Array.isArray(errors) && errors.some((one) => isUnreachable(one))) return true;
  return messages?.test(message ?? '') ?? false;
}

/** The error in words. Node says nothing when it was refused at each of the addresses of a host, as `localhost` has two. */
export function causeOf(error: unknown): string {
  const { message, errors = [], code } = error as ConnectionError;
  return message || errors.map((one) => one.message).join(', ') || String(code ?? error);
}

interface ConnectionError extends NodeJS.ErrnoException {
  /** One for each address of the host. */
  readonly errors?: readonly Error[];
}
