import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsParameters } from '@app/jobs';
import { MayBeAbsent } from '@app/platform/http';

export class ExecuteRequest {
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    default: {},
    example: { greeting: 'hello' },
    description: "At most 64 KB, merged over the job's parameters, key by key at the top level.",
  })
  @MayBeAbsent()
  @IsParameters()
  parameters?: Record<string, unknown>;
}
