/** What history alone costs: for each run its INSERT and two UPDATEs, batched, on bare pg and two connections. */
import { randomUUID } from 'node:crypto';
import { executionRow } from './firing-limit.mjs';
import { startFullMeter } from './meter.mjs';
import { connectPostgres } from './postgres.mjs';
import { fromProduct } from './product.mjs';

const BATCH = 500;
const CONNECTIONS = 2;

const START = `
  UPDATE executions e
  SET state = 'running', session_id = $3, attempt = 1, delivery = 1, queued_at = now(), started_at = now(),
      attempt_started_at = now()
  FROM unnest($1::uuid[], $2::timestamptz[]) AS m(id, scheduled_for)
  WHERE e.id = m.id AND e.scheduled_for = m.scheduled_for`;
const END = `
  UPDATE executions e
  SET state = 'succeeded', session_id = NULL, finished_at = now(), result = '{"statusCode": 200}',
      attempts = '[{"attempt": 1, "outcome": "succeeded"}]'
  FROM unnest($1::uuid[], $2::timestamptz[]) AS m(id, scheduled_for)
  WHERE e.id = m.id AND e.scheduled_for = m.scheduled_for`;

export async function measure({ runs, warmUpRuns }) {
  const { INSERT_EXECUTIONS } = await fromProduct('libs/executions/src/executions.sql.js');
  const { insertBatches } = await fromProduct('libs/executions/src/insert-batches.js');
  const { newExecutionId } = await fromProduct('libs/executions/src/index.js');
  const clients = await Promise.all(Array.from({ length: CONNECTIONS }, () => connectPostgres()));
  for (const client of clients) await client.query('SET enable_hashjoin = off; SET enable_seqscan = off');
  const runBatches = async (client, count) => {
    for (let done = 0; done < count; done += BATCH) {
      const rows = Array.from({ length: BATCH }, () => executionRow(newExecutionId));
      const keys = [rows.map((row) => row.id), rows.map((row) => row.scheduledFor)];
      for (const lists of insertBatches(rows, Infinity)) await client.query(INSERT_EXECUTIONS, lists);
      await client.query({ name: 'start', text: START, values: [...keys, randomUUID()] });
      await client.query({ name: 'end', text: END, values: keys });
    }
  };
  const runAll = async (count) => {
    const read = await startFullMeter();
    await Promise.all(clients.map((client) => runBatches(client, count / CONNECTIONS)));
    return read(count);
  };
  await runAll(warmUpRuns);
  const figures = await runAll(runs);
  await Promise.all(clients.map((client) => client.end()));
  return figures;
}
