import { askedScheduleOf, type AttemptRecord, type Row } from '../checker/history.js';
import type { ApiClient } from './api-client.js';

/** What the contract's §2 says of an execution; no type of the product. */
interface ExecutionResource {
  readonly id: string;
  readonly jobId: string;
  readonly scheduleId: string | null;
  readonly state: string;
  readonly reason: string | null;
  readonly scheduledFor: string;
  readonly createdAt: string;
  readonly finishedAt: string | null;
  readonly attempt: number;
  readonly error: { readonly type: string } | null;
}

const AT_ONCE = 8;

/** Every execution of the jobs, over the API; with its attempts where it had more than one. */
export async function readRows(api: ApiClient, jobIds: readonly string[]): Promise<Row[]> {
  const rows: Row[] = [];
  for (const jobId of jobIds) {
    const executions = await api.list<ExecutionResource>(`/jobs/${jobId}/executions?`);
    rows.push(...executions.map((execution) => rowOf(execution, [])));
  }
  return withAttempts(api, rows);
}

async function withAttempts(api: ApiClient, rows: readonly Row[]): Promise<Row[]> {
  const complete: Row[] = rows.filter(({ attempt }) => attempt <= 1);
  const repeated = rows.filter(({ attempt }) => attempt > 1);
  for (let start = 0; start < repeated.length; start += AT_ONCE) {
    const batch = repeated.slice(start, start + AT_ONCE);
    complete.push(...(await Promise.all(batch.map((row) => readRow(api, row.executionId)))));
  }
  return complete;
}

async function readRow(api: ApiClient, executionId: string): Promise<Row> {
  const execution = await api.get<ExecutionResource & { attempts: AttemptRecord[] }>(
    `/executions/${executionId}`,
  );
  return rowOf(execution, execution.attempts);
}

function rowOf(execution: ExecutionResource, attempts: readonly AttemptRecord[]): Row {
  const { id, jobId, scheduleId, state, reason, attempt } = execution;
  return {
    executionId: id,
    scheduleId: scheduleId ?? askedScheduleOf(jobId),
    scheduledFor: Date.parse(execution.scheduledFor),
    state,
    reason,
    errorType: execution.error?.type ?? null,
    attempt,
    createdAt: Date.parse(execution.createdAt),
    finishedAt: execution.finishedAt === null ? null : Date.parse(execution.finishedAt),
    attempts,
  };
}
