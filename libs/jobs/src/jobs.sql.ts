/** Prepared: planning it would take longer than finding the row. @param columns of a job */
export function findJob(columns: string): string {
  return `SELECT ${columns} FROM jobs WHERE id = $1 AND service = $2`;
}
