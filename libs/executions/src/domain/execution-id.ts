import { v7 } from 'uuid';

/**
 * An execution's id carries its `scheduledFor` in the time bits of a UUIDv7. Given the id alone, the row's partition is
 * known, and descending ids are history, newest first.
 */
export function newExecutionId(scheduledFor: Date, random: Uint8Array): string {
  return v7({ msecs: scheduledFor.getTime(), random });
}

/** The instant in the id's first 48 bits. Any UUID gives one; a foreign id's instant simply finds no row. */
export function scheduledForOf(executionId: string): Date {
  return new Date(Number.parseInt(executionId.slice(0, 8) + executionId.slice(9, 13), 16));
}

/** Not above any id of that millisecond, and above all ids of the one before. */
export function lowestIdAt(instant: Date): string {
  const hex = Math.max(instant.getTime(), 0).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}
