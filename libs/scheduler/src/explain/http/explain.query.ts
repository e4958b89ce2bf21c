import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { validationProblem } from '@app/platform/problem';
import { IsInstant } from '@app/jobs';
import { type AskedWindow, DAY_MS } from '../schedule-explainer.js';

const MAX_WINDOW_DAYS = 31;

export class ExplainQuery {
  @ApiPropertyOptional({
    format: 'date-time',
    description:
      'Instants at or after this one. Default: 24 hours before `to` but not before the creation of the schedule, and at most the newest 1,000 instants.',
  })
  @IsOptional()
  @IsInstant()
  from?: string;

  @ApiPropertyOptional({
    format: 'date-time',
    description: `Instants before this one, at most ${MAX_WINDOW_DAYS} days after \`from\`. Default: now, or one day after a \`from\` in the future.`,
  })
  @IsOptional()
  @IsInstant()
  to?: string;
}

/** @throws ProblemError `validation_failed` for a window that is empty or too long */
export function windowOf(query: ExplainQuery, now: Date): AskedWindow {
  const to = query.to === undefined ? defaultEnd(query.from, now) : new Date(query.to);
  if (query.from === undefined) return { from: null, to };
  const from = new Date(query.from);
  if (to <= from) throw refused('not_after_from', 'to must be later than from');
  if (to.getTime() - from.getTime() > MAX_WINDOW_DAYS * DAY_MS) {
    throw refused('window_too_long', `to must be at most ${MAX_WINDOW_DAYS} days after from`);
  }
  return { from, to };
}

function defaultEnd(from: string | undefined, now: Date): Date {
  const isToCome = from !== undefined && Date.parse(from) >= now.getTime();
  return isToCome ? new Date(Date.parse(from) + DAY_MS) : now;
}

function refused(code: string, detail: string): Error {
  return validationProblem([{ pointer: '/to', code, detail }]);
}
