import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';
import { MayBeAbsent } from '@app/platform/http';

export class CancelRequest {
  @ApiPropertyOptional({
    minLength: 1,
    maxLength: 500,
    example: 'started by mistake',
  })
  @MayBeAbsent()
  @IsString()
  @Length(1, 500)
  reason?: string;
}
