import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { IsAfterFrom, IsInstant } from '@app/platform/http';
import { validationProblem } from '@app/platform/problem';
import { LATEST_INSTANT_MS } from '@app/schedules';
import { type AskedWindow, DAY_MS } from '../schedule-explainer.js';

const MAX_WINDOW_DAYS = 31;

export class ExplainQuery {
  @ApiPropertyOptional({
    format: 'date-time',
    description:
      'Instants at or after this one. Default: 24 hours before `to`, or before now, but not before the creation of the schedule, and at most the newest 999 instants.',
  })
  @IsOptional()
  @IsInstant()
  from?: string;

  @ApiPropertyOptional({
    format: 'date-time',
    description: `Instants before this one, at most ${MAX_WINDOW_DAYS} days after \`from\`. Default: one day after a \`from\` in the future, and now for one in the past; without \`from\`, just after the next instant.`,
  })
  @IsOptional()
  @IsInstant()
  @IsAfterFrom()
  to?: string;
}

/** @throws ProblemError `validation_failed` for a window that is too long */
export function windowOf(query: ExplainQuery, now: Date): AskedWindow {
  if (query.from === undefined) return { from: null, to: query.to === undefined ? null : new Date(query.to) };
  const from = new Date(query.from);
  const to = query.to === undefined ? defaultEnd(from, now) : new Date(query.to);
  if (to.getTime() - from.getTime() > MAX_WINDOW_DAYS * DAY_MS) {
    const detail = `to must be at most ${MAX_WINDOW_DAYS} days after from`;
    throw validationProblem([{ pointer: '/to', code: 'window_too_long', detail }]);
  }
  return { from, to };
}

function defaultEnd(from: Date, now: Date): Date {
  return from < now ? now : new Date(Math.min(from.getTime() + DAY_MS, LATEST_INSTANT_MS));
}
