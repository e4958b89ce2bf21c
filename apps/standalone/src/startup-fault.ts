/** Something the operator can put right: shown as its message alone, one line that says what and how. */
export class StartupFault extends Error {
  override readonly name = 'StartupFault';
}

/** The code of a failed system call (`EACCES`, `ENOENT` …), if that is what was thrown. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
