/** A page ends where its rows' large members have this many bytes together: as objects they take up to seventeen times as much. */
export const PAGE_BYTES = 2_000_000;

/** How long jsonb columns are together, told without unpacking one unless it is compressed. */
export function bytesOf(...columns: readonly string[]): string {
  return columns.map((column) => `coalesce(${lengthOf(column)}, 0)`).join(' + ');
}

function lengthOf(json: string): string {
  return `CASE WHEN pg_column_compression(${json}) IS NULL THEN pg_column_size(${json}) ELSE octet_length(${json}::text) END`;
}

/**
 * The first rows of a page, up to the one that reaches `PAGE_BYTES`, so at least one. Each says in `followed` whether the page
 * has another behind it, for `pageOf` to know where it was cut.
 * @param page a SELECT with ORDER BY and LIMIT, and with `bytesOf` what is large as "bytes"
 */
export function withinPageBytes(page: string): string {
  return `
  SELECT * FROM (
    SELECT page.*, lead(true) OVER () AS followed,
           sum(bytes) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS "bytesBefore"
    FROM (${page}) AS page
  ) AS measured
  WHERE "bytesBefore" IS NULL OR "bytesBefore" < ${PAGE_BYTES}`;
}
