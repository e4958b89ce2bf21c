/** With `--profile`: where Postgres spent a measurement's time, by statement. */
import { writeFile } from 'node:fs/promises';

const TOP = `
  SELECT calls, round(total_exec_time) AS ms, round((total_exec_time / calls)::numeric, 2) AS mean_ms, rows,
         shared_blks_hit AS hit, wal_records AS wal, round(wal_bytes / 1024) AS wal_kb,
         left(regexp_replace(query, '\\s+', ' ', 'g'), 110) AS query
  FROM pg_stat_statements
  ORDER BY total_exec_time DESC
  LIMIT 25`;

export async function resetStatements(admin) {
  await admin.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
  await admin.query('SELECT pg_stat_statements_reset()');
}

export async function writeStatements(admin, file) {
  const { rows, fields } = await admin.query(TOP);
  const lines = [fields.map(({ name }) => name), ...rows.map((row) => Object.values(row))];
  await writeFile(
    file,
    lines.map((cells) => cells.map((cell) => String(cell).padStart(8)).join('  ')).join('\n'),
  );
}
