import { applyDecorators } from '@nestjs/common';
import { IsString } from 'class-validator';
import { Refuses } from './refuses.js';

/** Control characters and line separators, which would break a log line or a terminal that shows the text. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}]/u;
/** The same, but a description may have lines and tabs. */
const UNPRINTABLE_IN_PROSE = /[^\P{Cc}\n\r\t]/u;

const MAX_NAME_LENGTH = 200;
const MAX_PROSE_LENGTH = 2_000;

/** A name for people, in any script. */
export function IsName(): PropertyDecorator {
  return applyDecorators(
    IsString(),
    Refuses('invalid_name', (value) => findLabelFault(value, MAX_NAME_LENGTH)),
  );
}

/** Text of several lines. */
export function IsProse(): PropertyDecorator {
  return applyDecorators(IsString(), Refuses('invalid_text', findProseFault));
}

/** Part of a text to search for. */
export function IsSearchText(): PropertyDecorator {
  return applyDecorators(IsString(), Refuses('invalid_text', findSearchTextFault));
}

/** What is wrong with a text on one line, which begins and ends with something to see. */
export function findLabelFault(value: unknown, maxLength: number): string | null {
  if (typeof value !== 'string') return null;
  if (value === '') return 'must not be empty';
  if (value !== value.trim()) return 'must not begin or end with white space';
  if (charactersIn(value) > maxLength) return `must have at most ${maxLength} characters`;
  return UNPRINTABLE.test(value) ? 'must not contain control characters' : null;
}

function findProseFault(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  if (charactersIn(value) > MAX_PROSE_LENGTH) return `must have at most ${MAX_PROSE_LENGTH} characters`;
  return UNPRINTABLE_IN_PROSE.test(value) ? 'must not contain control characters' : null;
}

function findSearchTextFault(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  if (charactersIn(value) > MAX_NAME_LENGTH) return `must have at most ${MAX_NAME_LENGTH} characters`;
  return UNPRINTABLE.test(value) ? 'must not contain control characters' : null;
}

/** Code points, as Postgres counts, and not the UTF-16 units of `length`. */
function charactersIn(text: string): number {
  return [...text].length;
}
