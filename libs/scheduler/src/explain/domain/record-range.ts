import type { ExecutionRecord } from './explanation.js';

/** The instants that one record stands for, epoch ms, both ends inclusive. */
export interface RecordRange {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** Of a record of several instants; null of any other, which stands for its own `scheduledFor` alone. */
export function rangeOf({ reasonDetail }: ExecutionRecord): RecordRange | null {
  const { from, to, count } = reasonDetail ?? {};
  if (typeof from !== 'string' || typeof to !== 'string' || typeof count !== 'number') return null;
  return { from: Date.parse(from), to: Date.parse(to), count };
}

/** Not the record of a timing that is no longer: the instants in its range were others. */
export function covers(record: ExecutionRecord, instant: number): boolean {
  const range = rangeOf(record);
  return (
    record.reason !== 'schedule_changed' && range !== null && range.from <= instant && instant <= range.to
  );
}
