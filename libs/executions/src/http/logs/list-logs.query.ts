import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsOptional } from 'class-validator';
import { PageQuery, QueryBoolean } from '@app/platform/http';

export class ListLogsQuery extends PageQuery {
  @ApiPropertyOptional({
    type: Boolean,
    description:
      'Streams the lines as server-sent events until the execution ends, whatever `limit` says. ' +
      'Default: true if `Accept` names `text/event-stream`.',
  })
  @IsOptional()
  @QueryBoolean()
  @IsBoolean()
  follow?: boolean;
}
