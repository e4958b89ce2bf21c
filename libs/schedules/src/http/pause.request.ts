import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsString, MaxLength, MinLength } from 'class-validator';
import { MayBeAbsent } from '@app/platform/http';
import type { Catchup } from '../domain/schedule.js';

export const CATCHUPS: readonly Catchup[] = ['none', 'last', 'all'];

export class PauseScheduleRequest {
  @ApiPropertyOptional({
    minLength: 1,
    maxLength: 500,
    example: 'maintenance',
    description: 'Shown as `pauseReason`.',
  })
  @MayBeAbsent()
  @IsString()
  @MinLength(1)
  @MaxLength(500)
  reason?: string;
}

export class ResumeScheduleRequest {
  @ApiPropertyOptional({
    enum: CATCHUPS,
    default: 'none',
    description:
      'Which instants of the pause run: none, the last one, or all within `catchupWindowSeconds` and `maxCatchup`.',
  })
  @MayBeAbsent()
  @IsIn(CATCHUPS)
  catchup: Catchup = 'none';

  @ApiPropertyOptional({
    default: false,
    description: 'Only report what would run; the schedule stays paused.',
  })
  @MayBeAbsent()
  @IsBoolean()
  dryRun: boolean = false;
}
