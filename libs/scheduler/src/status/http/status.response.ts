import { ApiProperty } from '@nestjs/swagger';
import { ID, INSTANT, INSTANT_OR_NULL } from '@app/platform/http';
import type { LiveWorker, Status } from '../status-reader.js';

const COUNT = { type: 'integer', example: 0 } as const;

class WorkerResponse {
  @ApiProperty({ ...ID, description: 'Id of its session.' })
  id!: string;

  @ApiProperty({ example: 'worker-7d9f' })
  hostname!: string;

  @ApiProperty({ type: 'integer', example: 7 })
  pid!: number;

  @ApiProperty({ example: '0.1.0' })
  version!: string;

  @ApiProperty({ type: 'integer', example: 4, description: 'Executions that it can run at the same time.' })
  concurrency!: number;

  @ApiProperty({ ...COUNT, description: 'Executions that it is running now.' })
  busy!: number;

  @ApiProperty(INSTANT)
  startedAt!: string;

  @ApiProperty({ ...INSTANT, description: 'Its lease lasts 15 s from then on.' })
  renewedAt!: string;

  @ApiProperty({
    ...INSTANT_OR_NULL,
    description: 'When its scheduler last completed a round, as of its last renewal.',
  })
  lastTickAt!: string | null;

  @ApiProperty({
    enum: ['namespaces', 'process_group', 'runner', 'runner_away', 'disabled', null],
    type: String,
    nullable: true,
    description:
      'How commands are isolated from its processes; `disabled` where it runs none, `runner_away` where its command runner ' +
      'does not answer: commands wait then.',
  })
  commandIsolation!: LiveWorker['commandIsolation'];
}

class SchedulerStatusResponse {
  @ApiProperty({ ...INSTANT_OR_NULL, description: 'The latest one among all workers.' })
  lastTickAt!: string | null;

  @ApiProperty({ ...COUNT, description: 'Schedules with an instant that is due and not fired yet.' })
  dueSchedules!: number;

  @ApiProperty({
    type: Number,
    example: 0.02,
    description: 'Age of the oldest due instant or execution that has not started.',
  })
  oldestDueAgeSeconds!: number;
}

class BacklogResponse {
  @ApiProperty({ ...COUNT, description: 'Due, and not handed to the queue yet.' })
  pending!: number;

  @ApiProperty({ ...COUNT, description: 'In the queue, and not started yet.' })
  queued!: number;

  @ApiProperty({ ...COUNT, description: 'Held back by an overlap policy or a limit.' })
  held!: number;
}

class VersionsResponse {
  @ApiProperty({ example: '0.1.0' })
  api!: string;

  @ApiProperty({ type: [String], example: ['0.1.0'] })
  workers!: string[];

  @ApiProperty({ example: 'Operations1795448000000', description: 'The newest migration.' })
  schema!: string;

  @ApiProperty({ example: '18.0' })
  postgres!: string;

  @ApiProperty({ example: 'v24.0.0' })
  node!: string;
}

export class StatusResponse {
  @ApiProperty({
    enum: ['ok', 'degraded'],
    description: '`degraded`: no worker, no queue, or no round for 30 s.',
  })
  status!: 'ok' | 'degraded';

  @ApiProperty(INSTANT)
  now!: string;

  @ApiProperty({ type: SchedulerStatusResponse })
  scheduler!: SchedulerStatusResponse;

  @ApiProperty({ type: BacklogResponse, description: 'Counts stop at 10,000 for each priority.' })
  backlog!: BacklogResponse;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer' },
    nullable: true,
    example: { wait: 0, prioritized: 0, active: 0 },
    description: 'Entries of the queue by state; null while it does not answer.',
  })
  queue!: Record<string, number> | null;

  @ApiProperty({ type: [WorkerResponse] })
  workers!: WorkerResponse[];

  @ApiProperty({ type: VersionsResponse })
  versions!: VersionsResponse;
}

/** Ticks come every half second, and are told with each renewal, every 5 s. */
const TICK_OVERDUE_MS = 30_000;

export function toStatusResponse({ now, workers, backlog, queue, versions }: Status): StatusResponse {
  const ticks = workers.flatMap(({ lastTickAt }) => (lastTickAt === null ? [] : [lastTickAt.getTime()]));
  const lastTick = ticks.length > 0 ? Math.max(...ticks) : null;
  const isTicking = lastTick !== null && now.getTime() - lastTick < TICK_OVERDUE_MS;
  const { dueSchedules, oldestDueAgeSeconds, pending, queued, held } = backlog;
  return {
    status: isTicking && queue !== null ? 'ok' : 'degraded',
    now: now.toISOString(),
    scheduler: {
      lastTickAt: lastTick === null ? null : new Date(lastTick).toISOString(),
      dueSchedules,
      oldestDueAgeSeconds,
    },
    backlog: { pending, queued, held },
    queue: queue && { ...queue },
    workers: workers.map(toWorkerResponse),
    versions: { ...versions, workers: [...new Set(workers.map(({ version }) => version))].sort() },
  };
}

function toWorkerResponse(worker: LiveWorker): WorkerResponse {
  return {
    id: worker.id,
    hostname: worker.hostname,
    pid: worker.pid,
    version: worker.version,
    concurrency: worker.concurrency,
    busy: worker.busy,
    startedAt: worker.startedAt.toISOString(),
    renewedAt: worker.renewedAt.toISOString(),
    lastTickAt: worker.lastTickAt?.toISOString() ?? null,
    commandIsolation: worker.commandIsolation,
  };
}
