import { ApiProperty } from '@nestjs/swagger';
import { INSTANT, INSTANT_OR_NULL } from '@app/platform/http';
import type { Execution } from '../domain/execution.js';

/** How far a cancel has come. A run that was waiting ends at once: then only the request has a time. */
export class CancellationResponse {
  @ApiProperty(INSTANT)
  requestedAt!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'anonymous',
    description:
      'Who asked first; `scheduler` for the deletion of a job and for the overlap policy `cancel_running`.',
  })
  requestedBy!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'started by mistake' })
  reason!: string | null;

  @ApiProperty({ ...INSTANT_OR_NULL, description: 'When the worker that runs it saw the request.' })
  deliveredAt!: string | null;

  @ApiProperty({
    ...INSTANT_OR_NULL,
    description:
      'When the run stopped because of it: the request was closed, or the command exited after SIGTERM. ' +
      'Null also if the run ended by itself first.',
  })
  acknowledgedAt!: string | null;

  @ApiProperty({
    ...INSTANT_OR_NULL,
    description: 'When the run was ended by force: it was killed, or lost with its worker.',
  })
  forcedAt!: string | null;
}

export function toCancellationResponse(execution: Execution): CancellationResponse | null {
  const { cancelRequestedAt } = execution;
  if (cancelRequestedAt === null) return null;
  return {
    requestedAt: cancelRequestedAt.toISOString(),
    requestedBy: execution.cancelRequestedBy,
    reason: execution.cancelReason,
    deliveredAt: execution.cancelDeliveredAt?.toISOString() ?? null,
    acknowledgedAt: execution.cancelAcknowledgedAt?.toISOString() ?? null,
    forcedAt: execution.cancelForcedAt?.toISOString() ?? null,
  };
}
