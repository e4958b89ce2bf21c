import { type ExecutionsQueue } from '@app/executions';
import { databaseReadiness } from '@app/platform/database';
import { type ReadinessCheck } from '@app/platform/health';
import { type QueueConnections, queueReadiness } from '@app/platform/queue';
import { type DataSource } from 'typeorm';

/**
 * What the api needs: without the database it can promise nothing. Without the queue it goes on accepting, since what it
 * accepts waits in Postgres until the queue is back.
 */
export function readinessChecks(
  dataSource: DataSource,
  queue: ExecutionsQueue,
  connections: QueueConnections,
): ReadinessCheck[] {
  return [...databaseReadiness(dataSource), queueReadiness(queue, connections)];
}
