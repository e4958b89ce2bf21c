import type { ExcludedWindow } from './calendar.js';

/** Each once, oldest first: the same set is always written the same way, so that a repeated change changes nothing. */
export function sortedDates(dates: readonly string[]): string[] {
  return [...new Set(dates)].sort();
}

export function sortedWindows(windows: readonly ExcludedWindow[]): ExcludedWindow[] {
  const byEnds = new Map(windows.map(({ from, to }) => [`${from}/${to}`, { from, to }]));
  return [...byEnds.keys()].sort().map((ends) => byEnds.get(ends) as ExcludedWindow);
}
