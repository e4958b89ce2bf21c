import { violatedConstraint } from './postgres-error.js';

/** Why a row cannot be written, by the constraint or unique index that it runs into. */
export type Clashes = Readonly<Record<string, () => Error>>;

/** Writes. @throws what `clashes` has for the constraint that is violated, and any other error as it is */
export async function namingClash<T>(clashes: Clashes, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    throw clashes[violatedConstraint(error) ?? '']?.() ?? error;
  }
}
