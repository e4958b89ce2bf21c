/** The name that was probably meant: the nearest within two slips of the pen, or one that differs in case only. */
export function closestName(given: string, names: readonly string[]): string | null {
  const limit = given.length < 4 ? 1 : 2;
  const scored = names
    .map((name) => ({ name, distance: editDistance(given.toLowerCase(), name.toLowerCase()) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance);
  return scored[0]?.name ?? null;
}

/** Levenshtein, one row at a time; names are short, and longer input is not worth the walk. */
function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return Infinity;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) row = nextRow(row, a.charAt(i - 1), b, i);
  return row[b.length] ?? Infinity;
}

function nextRow(above: readonly number[], char: string, b: string, i: number): number[] {
  const row = [i];
  for (let j = 1; j <= b.length; j++) {
    const substitution = at(above, j - 1) + (char === b.charAt(j - 1) ? 0 : 1);
    row.push(Math.min(substitution, at(above, j) + 1, at(row, j - 1) + 1));
  }
  return row;
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}
