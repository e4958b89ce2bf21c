import { randomBytes } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { newExecutionId } from '../../domain/execution-id.js';
import type { Execution } from '../../domain/execution.js';

type Row = Partial<
  Pick<
    Execution,
    | 'service'
    | 'jobId'
    | 'scheduleId'
    | 'trigger'
    | 'state'
    | 'scheduledFor'
    | 'startedAt'
    | 'finishedAt'
    | 'result'
    | 'error'
    | 'attempts'
    | 'reason'
  >
>;

const INSERT = `
  INSERT INTO executions (id, scheduled_for, service, job_id, job_version, schedule_id, trigger, state, due_at, max_attempts,
                          started_at, finished_at, result, error, attempts, reason,
                          cancel_requested_at)
  VALUES ($1, $2, $3, $4, 1, $5, $6, $7, $2, 1, $8, $9, $10, $11, $12, $13, CASE WHEN $7 = 'cancelled' THEN now() END)`;

/** Every bad end says why: the schema insists. */
function errorOf(state: string): Execution['error'] {
  if (state === 'failed') return { type: 'exit_code', message: 'exited with code 1' };
  if (state === 'timed_out') return { type: 'timeout', message: 'not finished within 1000 ms' };
  return null;
}

function reasonOf(state: string): string | null {
  return { cancelled: 'requested', skipped: 'overlap', missed: 'misfire' }[state] ?? null;
}

/** Writes history as it is after the fact, past the guards of the state machine. @returns the id */
export async function insertExecution(database: DataSource, row: Row): Promise<string> {
  const scheduledFor = row.scheduledFor ?? new Date();
  const state = row.state ?? 'succeeded';
  const isOpen = state === 'pending' || state === 'queued';
  const id = newExecutionId(scheduledFor, randomBytes(16));
  await database.query(INSERT, [
    id,
    scheduledFor,
    row.service ?? 'default',
    row.jobId,
    row.scheduleId ?? null,
    row.trigger ?? 'manual',
    state,
    row.startedAt ?? null,
    row.finishedAt ?? (isOpen ? null : new Date()),
    row.result ?? null,
    row.error ?? errorOf(state),
    JSON.stringify(row.attempts ?? []),
    row.reason ?? reasonOf(state),
  ]);
  return id;
}
