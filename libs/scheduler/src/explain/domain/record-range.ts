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

/**
 * The records of several instants among `records`, looked up by an instant that they stand for. Not those of a timing that is
 * no longer: the instants in their range were others.
 */
export class RecordRanges {
  readonly #ranges: readonly (RecordRange & { readonly record: ExecutionRecord })[];

  constructor(records: readonly ExecutionRecord[]) {
    this.#ranges = records.flatMap((record) => {
      const range = record.reason === 'schedule_changed' ? null : rangeOf(record);
      return range === null ? [] : [{ ...range, record }];
    });
  }

  recordOf(instant: number): ExecutionRecord | undefined {
    return this.#ranges.find(({ from, to }) => from <= instant && instant <= to)?.record;
  }
}
