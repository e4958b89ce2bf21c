import { listOf, listOfInstants, listOfJson, listOfJsonTexts } from '@app/platform/database';
import { batches } from './batches.js';
import type { NewExecution } from './domain/new-execution.js';

interface Row {
  readonly execution: NewExecution;
  readonly parameters: string;
}

/**
 * What INSERT_EXECUTIONS takes for the rows, with up to some `maxCharacters` of JSON a time: with 64 KB of parameters
 * each, the few thousand runs of one firing would together be longer than any string may be.
 */
export function* insertBatches(
  executions: readonly NewExecution[],
  maxCharacters: number,
): Generator<string[]> {
  for (const batch of batches(rowsOf(executions), maxCharacters, ({ parameters }) => parameters.length))
    yield insertColumnsOf(batch);
}

/** One by one: what is written down of a batch is gone before the next. */
function* rowsOf(executions: readonly NewExecution[]): Generator<Row> {
  for (const execution of executions) yield { execution, parameters: JSON.stringify(execution.parameters) };
}

/** The parameters of INSERT_EXECUTIONS, in its order. */
function insertColumnsOf(rows: readonly Row[]): string[] {
  return [
    listOf(rows.map(({ execution }) => execution.id)),
    listOfInstants(rows.map(({ execution }) => execution.scheduledFor)),
    listOf(rows.map(({ execution }) => execution.service)),
    listOf(rows.map(({ execution }) => execution.jobId)),
    listOf(rows.map(({ execution }) => execution.jobVersion)),
    listOf(rows.map(({ execution }) => execution.scheduleId)),
    listOf(rows.map(({ execution }) => execution.trigger)),
    listOf(rows.map(({ execution }) => execution.state)),
    listOf(rows.map(({ execution }) => execution.reason)),
    listOfJson(rows.map(({ execution }) => execution.reasonDetail)),
    listOf(rows.map(({ execution }) => execution.priority)),
    listOfInstants(rows.map(({ execution }) => execution.dueAt)),
    listOf(rows.map(({ execution }) => execution.hold)),
    listOf(rows.map(({ execution }) => execution.maxAttempts)),
    listOfJsonTexts(rows.map(({ parameters }) => parameters)),
    listOf(rows.map(({ execution }) => execution.retryOf)),
    listOf(rows.map(({ execution }) => execution.traceparent)),
  ];
}
