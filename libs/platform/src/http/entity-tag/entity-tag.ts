/** The strong entity tag of a resource: its version in quotes. */
export function etagOf(version: number): string {
  return `"${version}"`;
}
