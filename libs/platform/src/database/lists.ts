/**
 * Lists as PostgreSQL reads them, for statements of many rows. pg would look through every element for what has to be
 * escaped, where the first two kinds have nothing of that and the third has it done by JSON.stringify.
 */

/** Of uuids, numbers and words of our own. */
export function listOf(values: readonly (string | number | null | undefined)[]): string {
  return `{${values.map((value) => value ?? 'NULL').join(',')}}`;
}

export function listOfInstants(instants: readonly Date[]): string {
  return `{${instants.map((instant) => instant.toISOString()).join(',')}}`;
}

/** null where the column has none: a JSON null inside jsonb would be a value. */
export function listOfJson(values: readonly (object | null)[]): string {
  return `{${values.map((value) => (value === null ? 'NULL' : JSON.stringify(JSON.stringify(value)))).join(',')}}`;
}
