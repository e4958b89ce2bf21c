/** Not `now()`, which stands still in a transaction; a float, because Postgres keeps microseconds. */
export const DATABASE_TIME_MS = `SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS ms`;
