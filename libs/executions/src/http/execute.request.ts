import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsParameters, MayBeAbsent } from '@app/jobs';

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
