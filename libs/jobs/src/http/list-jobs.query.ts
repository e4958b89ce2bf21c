import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsOptional } from 'class-validator';
import { IsSearchText, PageQuery, QueryBoolean, QueryList } from '@app/platform/http';
import { IsTags } from './rules/tag-rules.js';

export class ListJobsQuery extends PageQuery {
  @ApiPropertyOptional({ type: Boolean })
  @IsOptional()
  @QueryBoolean()
  @IsBoolean()
  active?: boolean;

  @ApiPropertyOptional({
    type: [String],
    description: 'Jobs that have all of these tags: repeat it, or separate them with commas.',
  })
  @IsOptional()
  @QueryList()
  @IsTags()
  tag?: string[];

  @ApiPropertyOptional({ maxLength: 200, description: 'Part of the name or description, in any case.' })
  @IsOptional()
  @IsSearchText()
  q?: string;
}
