/**
 * Lists as PostgreSQL reads them, for statements of many rows. pg would look through every element for what has to be
 * escaped, where the first two kinds have nothing of that and the third has it done by JSON.stringify.
 */

/** Of uuids, numbers, booleans and words of our own. */
export function listOf(values: readonly (string | number | boolean | null | undefined)[]): string {
  return `{${values.map((value) => value ?? 'NULL').join(',')}}`;
}

export function listOfInstants(instants: readonly (Date | null)[]): string {
  return `{${instants.map((instant) => instant?.toISOString() ?? 'NULL').join(',')}}`;
}

/** null where the column has none: a JSON null inside jsonb would be a value. */
export function listOfJson(values: readonly (object | null)[]): string {
  return listOfJsonTexts(values.map((value) => (value === null ? null : JSON.stringify(value))));
}

/** Of what JSON.stringify wrote. */
export function listOfJsonTexts(texts: readonly (string | null)[]): string {
  return `{${texts.map((text) => (text === null ? 'NULL' : JSON.stringify(text))).join(',')}}`;
}
