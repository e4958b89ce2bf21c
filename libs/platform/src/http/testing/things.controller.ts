import {
  BadRequestException,
  Body,
  Controller,
  Get,
  HttpCode,
  Param,
  ParseUUIDPipe,
  Patch,
  Post,
  Put,
  Query,
} from '@nestjs/common';
import { ProblemError } from '@app/platform/problem';
import { currentRequestId, currentTraceparent } from '@app/platform/request-context';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { IfMatch } from '../entity-tag/if-match.js';
import { cursorOf } from '../paging/cursor.js';
import { type Page, pageOf } from '../paging/page.js';
import { PageQuery } from '../paging/page-query.js';
import { PreferWait } from '../preferences/prefer-wait.js';

const CURSOR = cursorOf('things', ['integer']);

class RetryPolicyBody {
  @IsInt()
  @Min(1)
  @Max(10)
  maxAttempts!: number;
}

class ThingBody {
  @IsString()
  @MaxLength(10)
  name!: string;

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => RetryPolicyBody)
  retryPolicy?: RetryPolicyBody;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(3)
  @IsString({ each: true })
  tags?: string[];

  @IsOptional()
  @IsObject()
  parameters?: object;

  @IsOptional()
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => RetryPolicyBody)
  policies?: RetryPolicyBody[];
}

/** One route for each convention, so that tests can reach them over HTTP. */
@Controller('things')
export class ThingsController {
  @Post()
  create(@Body() body: ThingBody) {
    return { ...body, version: 3 };
  }

  @Get()
  list(@Query() query: PageQuery): Page<number> {
    const [after = 0] = CURSOR.read(query.cursor) ?? [];
    const rows = [1, 2, 3, 4, 5].filter((row) => row > after).slice(0, query.limit + 1);
    return pageOf(rows, query.limit, CURSOR, (row) => [row]);
  }

  @Get('context')
  context() {
    return { requestId: currentRequestId(), traceparent: currentTraceparent() };
  }

  @Post('context')
  contextBehindBody(@Body() body: object) {
    return { requestId: currentRequestId(), keys: Object.keys(body) };
  }

  @Post('failures/:name')
  fail(@Param('name') name: string): never {
    throw (FAILURES[name] ?? FAILURES.bug)();
  }

  @Get(':id')
  get(@Param('id', new ParseUUIDPipe()) id: string) {
    return { id, version: 7 };
  }

  @Put(':id')
  update(@IfMatch() version: number | null) {
    return { asked: version };
  }

  @Patch(':id')
  @HttpCode(200)
  wait(@PreferWait() seconds: number | null) {
    return { seconds };
  }
}

const FAILURES: Record<string, () => Error> & { bug: () => Error } = {
  conflict: () => new ProblemError('conflict', 'name_taken', 'The name is taken.'),
  busy: () => new ProblemError('too_many', 'slow_down', 'Slow down.', [], { retryAfterSeconds: 2.5 }),
  bug: () => new TypeError('cannot read secret of undefined'),
  nest: () => new BadRequestException('odd'),
  refused: () => Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }),
  silence: () => new Error('Query read timeout'),
  shutdown: () =>
    Object.assign(new Error('query failed'), {
      driverError: Object.assign(new Error('bye'), { code: '57P01' }),
    }),
  pool: () => new Error('timeout exceeded when trying to connect'),
  nul: () => Object.assign(new Error('nul'), { code: '22021' }),
};
