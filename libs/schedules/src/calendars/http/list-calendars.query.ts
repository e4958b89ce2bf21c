import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import { PageQuery } from '@app/platform/http';

export class ListCalendarsQuery extends PageQuery {
  @ApiPropertyOptional({ maxLength: 200, description: 'Part of the name, in any case.' })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  q?: string;
}
