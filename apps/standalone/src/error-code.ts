/** The code of a failed system call (`EACCES`, `ENOENT` …), if that is what was thrown. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
