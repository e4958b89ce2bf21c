/** Something an operator can mend: its message is all that is printed. */
export class StartupFault extends Error {
  override readonly name: string = 'StartupFault';
}

/** Ends a process that could not start: one clear message for what an operator can mend, the stack for what is a bug. */
export function exitOnStartupFault(error: unknown, exitCode = 1): void {
  process.exitCode = exitCode;
  process.stderr.write(`${describe(error)}\n`, () => process.exit(exitCode));
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, port } = error as Error & { code?: string; port?: number };
  if (code === 'EADDRINUSE')
    return `Port ${port} is in use by another process: stop it, or set another port.`;
  if (code === 'EACCES' && port !== undefined)
    return `Port ${port} needs privileges that this process lacks.`;
  return error instanceof StartupFault ? error.message : (error.stack ?? error.message);
}
