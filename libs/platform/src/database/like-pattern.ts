/** For `LIKE` and `ILIKE`: whatever has `text` in it. A client's `%`, `_` and `\` mean themselves. */
export function containing(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}
