/**
 * The rows as JSON lists of up to some `maxCharacters`, made one at a time: with 64 KB of parameters each, the few thousand
 * runs of one firing would together be longer than any string may be.
 */
export function* rowBatches(rows: readonly unknown[], maxCharacters: number): Generator<string> {
  let batch: string[] = [];
  let characters = 0;
  for (const row of rows) {
    const json = JSON.stringify(row);
    if (batch.length > 0 && characters + json.length > maxCharacters) {
      yield `[${batch.join(',')}]`;
      batch = [];
      characters = 0;
    }
    batch.push(json);
    characters += json.length;
  }
  if (batch.length > 0) yield `[${batch.join(',')}]`;
}
