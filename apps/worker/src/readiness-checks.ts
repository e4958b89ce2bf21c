import { type ExecutionsQueue } from '@app/executions';
import { databaseReadiness } from '@app/platform/database';
import { type ReadinessCheck } from '@app/platform/health';
import { type QueueConnections, queueReadiness } from '@app/platform/queue';
import { type TargetRunners } from '@app/targets';
import { type DataSource } from 'typeorm';

/** What a worker needs. Without its queue it still fires and keeps history; without its command runner commands wait. */
export function readinessChecks(
  dataSource: DataSource,
  queue: ExecutionsQueue,
  connections: QueueConnections,
  targets: TargetRunners,
): ReadinessCheck[] {
  return [
    ...databaseReadiness(dataSource),
    queueReadiness(queue, connections),
    ...(targets.handsCommandsOver ? [commandRunnerReadiness(targets)] : []),
  ];
}

function commandRunnerReadiness(targets: TargetRunners): ReadinessCheck {
  return { name: 'commandRunner', required: false, check: () => targets.checkCommandRunner() };
}
