/** The same rows by the same INSERT, and nothing else: no lock, no plan, no advance, no hand-over. */
import { randomBytes, randomUUID } from 'node:crypto';
import { startMeter } from './meter.mjs';
import { connectPostgres } from './postgres.mjs';
import { fromProduct } from './product.mjs';

const FIRES = 20_000;
const BATCH = 1_000;

export async function measure() {
  const { INSERT_EXECUTIONS } = await fromProduct('libs/executions/src/executions.sql.js');
  const { insertBatches } = await fromProduct('libs/executions/src/insert-batches.js');
  const { newExecutionId } = await fromProduct('libs/executions/src/index.js');
  const client = await connectPostgres();
  await client.query("SET timezone = 'UTC'");
  const batches = Array.from({ length: FIRES / BATCH }, () =>
    Array.from({ length: BATCH }, () => executionRow(newExecutionId)),
  );
  const read = startMeter();
  for (const rows of batches) {
    for (const lists of insertBatches(rows, Infinity)) await client.query(INSERT_EXECUTIONS, lists);
  }
  const { perSecond, nodeMicros } = read(FIRES);
  await client.end();
  return { committed: perSecond, nodeMicros };
}

/** A run of a schedule, as the firer writes it. */
export function executionRow(newExecutionId) {
  const scheduledFor = new Date();
  return {
    id: newExecutionId(scheduledFor, randomBytes(16)),
    scheduledFor,
    service: 'default',
    jobId: JOB_ID,
    jobVersion: 1,
    scheduleId: randomUUID(),
    trigger: 'schedule',
    state: 'pending',
    reason: null,
    reasonDetail: null,
    priority: 5,
    dueAt: scheduledFor,
    hold: null,
    maxAttempts: 3,
    parameters: {},
    retryOf: null,
    traceparent: null,
  };
}

const JOB_ID = randomUUID();
