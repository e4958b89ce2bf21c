/** RFC 3339 in UTC, the milliseconds only where there are some. */
export function instantText(instant: Date | number): string {
  return new Date(instant).toISOString().replace('.000Z', 'Z');
}

/** `40 ms`, `2.3 s`, `3 min 20 s`, `5 h 12 min`, `2 d 3 h`: two units at most. */
export function durationText(durationMs: number): string {
  if (durationMs < 1_000) return `${durationMs} ms`;
  if (durationMs < 60_000) return `${Math.floor(durationMs / 100) / 10} s`;
  const seconds = Math.floor(durationMs / 1_000);
  if (seconds < 3_600) return twoUnits(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1_440) return twoUnits(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  const hours = Math.floor(minutes / 60);
  return twoUnits(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

function twoUnits(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}
