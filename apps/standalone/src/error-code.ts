/** The code of a failed system call (`EACCES`, `ENOENT` …), if that is what was thrown. */
export function errorCode(error: unknown): string | undefined {
  // Not `instanceof Error`: under Jest, Node's own errors are of another realm.
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined;
}
