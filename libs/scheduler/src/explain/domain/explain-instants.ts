import type { Circumstances, ExecutionRecord, Explanation } from './explanation.js';
import { RecordRanges } from './record-range.js';
import { explainRecorded } from './recorded-instant.js';
import { explainUnrecorded } from './unrecorded-instant.js';

/**
 * One explanation for each instant, in their order.
 * @param instants epoch ms, ascending
 * @param records by scheduledFor, ascending, with the one before the first instant and the one after the last: an
 * earlier run may have held up the first, and a record of several instants stands at its last one
 */
export function explainInstants(
  instants: readonly number[],
  records: readonly ExecutionRecord[],
  circumstances: Circumstances,
): Explanation[] {
  const own = new Map(records.map((record) => [record.scheduledFor.getTime(), record]));
  const ranges = new RecordRanges(records);
  const ends = new RunEnds(records);
  return instants.map((instant) => {
    const record = own.get(instant) ?? ranges.recordOf(instant);
    return record === undefined
      ? explainUnrecorded(instant, circumstances)
      : explainRecorded(instant, record, circumstances, ends.latestBefore(instant));
  });
}

/** When the last of the earlier runs ended: asked for instants in ascending order. */
class RunEnds {
  #index = 0;
  #latest: number | null = null;

  constructor(private readonly records: readonly ExecutionRecord[]) {}

  latestBefore(instant: number): number | null {
    for (;;) {
      const record = this.records[this.#index];
      if (record === undefined || record.scheduledFor.getTime() >= instant) return this.#latest;
      this.#index += 1;
      const { startedAt, finishedAt } = record;
      if (startedAt && finishedAt) this.#latest = Math.max(this.#latest ?? -Infinity, finishedAt.getTime());
    }
  }
}
