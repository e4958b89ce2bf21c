import type { ExcludedWindow } from './calendar.js';

/** The end of the window around an instant, epoch ms; null outside all of them. */
export type WindowSearch = (instant: number) => number | null;

/** Overlapping windows become one, so that a binary search over their starts finds the only candidate. */
export function compileWindows(windows: readonly ExcludedWindow[]): WindowSearch {
  const starts: number[] = [];
  const ends: number[] = [];
  for (const [start, end] of windows.map(instantsOf).sort(([a], [b]) => a - b)) {
    const lastEnd = ends.at(-1) ?? -Infinity;
    if (start <= lastEnd) ends[ends.length - 1] = Math.max(lastEnd, end);
    else [starts[starts.length], ends[ends.length]] = [start, end];
  }
  return (instant) => {
    const end = ends[countUpTo(starts, instant) - 1];
    return end !== undefined && instant < end ? end : null;
  };
}

function instantsOf({ from, to }: ExcludedWindow): readonly [start: number, end: number] {
  return [Date.parse(from), Date.parse(to)];
}

/** How many of the ascending `values` are ≤ `limit`. */
function countUpTo(values: readonly number[], limit: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? Infinity) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
