import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { listOf, listOfInstants, rowsOf } from '@app/platform/database';
import { scheduledForOf } from '../domain/execution-id.js';
import type { LogLine } from '../worker/run-log.js';

const APPEND = `
  INSERT INTO execution_logs (execution_id, scheduled_for, seq, attempt, stream, at, text)
  SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::integer[], $4::integer[], $5::text[], $6::timestamptz[], $7::text[])
  ON CONFLICT DO NOTHING`;

/** A line has no service of its own: it is its execution's, which is one probe of the same partition's key. */
const READ_AFTER = `
  SELECT seq, attempt, stream, at, text
  FROM execution_logs
  WHERE execution_id = $1 AND scheduled_for = $2 AND seq > $3
    AND EXISTS (SELECT FROM executions WHERE id = $1 AND scheduled_for = $2 AND service = $5)
  ORDER BY seq
  LIMIT $4`;

export type StoredLogLine = Pick<LogLine, 'seq' | 'attempt' | 'stream' | 'at' | 'text'>;

@Injectable()
export class LogsRepository {
  constructor(private readonly dataSource: DataSource) {}

  async append(lines: readonly LogLine[]): Promise<void> {
    await this.dataSource.query(APPEND, [
      listOf(lines.map((line) => line.executionId)),
      listOfInstants(lines.map((line) => line.scheduledFor)),
      listOf(lines.map((line) => line.seq)),
      listOf(lines.map((line) => line.attempt)),
      listOf(lines.map((line) => line.stream)),
      listOfInstants(lines.map((line) => line.at)),
      listOf(lines.map((line) => line.text)),
    ]);
  }

  /** Lines in order, those after `afterSeq`; -1 for all. */
  readAfter(service: string, executionId: string, afterSeq: number, limit: number): Promise<StoredLogLine[]> {
    const parameters = [executionId, scheduledForOf(executionId), afterSeq, limit, service];
    return rowsOf(this.dataSource, READ_AFTER, parameters);
  }
}
