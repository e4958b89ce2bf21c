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
