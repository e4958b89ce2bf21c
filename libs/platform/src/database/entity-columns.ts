import type { EntityMetadata } from 'typeorm';

/**
 * All columns of an entity under the names of its properties: with it a hand-written SELECT or RETURNING gives rows of the
 * entity's shape, and a column is still named in one place.
 */
export function columnsOf({ columns }: EntityMetadata): string {
  return columns.map(({ databaseName, propertyName }) => `"${databaseName}" AS "${propertyName}"`).join(', ');
}

/** A column to be written, and the value that goes there. */
export interface WrittenColumn {
  readonly name: string;
  readonly property: string;
}

/** The same for hand-written statements that write whole rows: `$1` is the first column's value, and so on. */
export function writtenColumnsOf({ columns }: EntityMetadata): WrittenColumn[] {
  return columns.map(({ databaseName, propertyName }) => ({ name: databaseName, property: propertyName }));
}
