import type { CronField } from './cron-fields.js';
import { cronSyntaxError } from './schedule-spec-error.js';

/** Reads one number or name (`MON`, `JAN`) of a field; says what was meant where it can tell. */
export function readCronValue(field: CronField, text: string): number {
  if (/^\d+$/.test(text)) return readNumber(field, Number(text));

  const named = field.names.indexOf(text);
  if (named >= 0) return named + field.firstNamed;

  throw cronSyntaxError(explainValue(field, text));
}

/** A step of the field: at least 1, and no longer than the field itself. */
export function readCronStep(field: CronField, text: string): number {
  if (!/^\d+$/.test(text)) {
    throw cronSyntaxError(`${field.label} step "${text}" is not a whole number`);
  }
  const step = Number(text);
  if (step === 0) throw cronSyntaxError(`${field.label} step 0 never moves on; the smallest step is 1`);
  if (step > field.high) {
    throw cronSyntaxError(
      `${field.label} step ${step} does not fit its field, ${field.low}-${field.high}; ` +
        'for a longer period use a schedule of type interval',
    );
  }
  return step;
}

function readNumber(field: CronField, value: number): number {
  if (value >= field.low && value <= field.high) return value;
  throw cronSyntaxError(
    `${field.label} ${value} is out of range ${field.low}-${field.high}${explainNumber(field, value)}`,
  );
}

function explainNumber(field: CronField, value: number): string {
  if (field.name === 'hour' && value === 24) return '; for midnight use 0';
  if (field.high === 59 && value === 60) return '; for the full minute or hour use 0';
  if (field.name === 'dayOfMonth' && value > 31) return '; for the last day use L';
  if (field.name === 'dayOfWeek') return '; Sunday is 0 or 7';
  if (field.name === 'month' && value === 0) return '; January is 1';
  return '';
}

function explainValue(field: CronField, text: string): string {
  if (text === '') return `${field.label} has an empty value; remove the extra comma, dash or slash`;
  if (text === '*' || text === '?') {
    return `${field.label}: "${text}" stands alone or before a step, as in "*/5"`;
  }
  if (/^(L|L-\d+|LW|\d+[LW])$/.test(text)) {
    return `${field.label} cannot be "${text}"; L, W and # belong to the day fields`;
  }
  if (field.names.length === 0) return `${field.label} "${text}" is not a number`;

  const meant = field.names.find((name) => text.startsWith(name)) ?? nearestName(field.names, text);
  const hint = meant === undefined ? `; names are ${field.names.join(', ')}` : `; did you mean ${meant}?`;
  return `${field.label} "${text}" is neither a number nor a name${hint}`;
}

/** The name that shares the most letters in place, if at least two do: `MNO` and `TEU` are near, `FOO` is not. */
function nearestName(names: readonly string[], text: string): string | undefined {
  const likeness = (name: string) => [...name].filter((letter) => text.includes(letter)).length;
  const best = names.toSorted((a, b) => likeness(b) - likeness(a))[0];
  return best !== undefined && likeness(best) >= 2 ? best : undefined;
}
