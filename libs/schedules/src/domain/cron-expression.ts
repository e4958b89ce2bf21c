import {
  readDayOfMonthItem,
  readDayOfWeekItem,
  type DayOfMonthItem,
  type DayOfWeekItem,
} from './cron-day-items.js';
import { CRON_FIELDS, type CronField, type CronFieldName, inCapitals } from './cron-fields.js';
import { readCronItem } from './cron-item.js';
import { cronSyntaxError } from './schedule-spec-error.js';

/** A cron expression taken apart; it knows no zone and no instant. */
export interface CronExpression {
  /** The six fields as written, in capitals, aliases resolved and the second filled in. */
  readonly texts: Readonly<Record<CronFieldName, string>>;
  readonly seconds: readonly number[];
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly months: readonly number[];
  readonly daysOfMonth: readonly DayOfMonthItem[];
  readonly daysOfWeek: readonly DayOfWeekItem[];
  /**
   * Vixie's rule: a day matches when *either* day field does, unless one of them begins with `*` (or is `?`);
   * then both have to.
   */
  readonly dayFields: 'either' | 'both';
  /** Minute or hour begins with `*`: runs by elapsed time. Any other expression is fixed-time. */
  readonly isWildcard: boolean;
  /** Some field has an `H`, whose value follows from the seed. */
  readonly isHashed: boolean;
}

/** `seed` is the schedule's id; the values of `H` follow from it. Throws ScheduleSpecError. */
export function parseCronExpression(expression: string, seed: string): CronExpression {
  const texts = splitFields(expression);
  const values = (name: CronFieldName) =>
    distinct(readList(texts, name, (field, item) => readCronItem(field, item, seed)).flat());

  return {
    texts,
    seconds: values('second'),
    minutes: values('minute'),
    hours: values('hour'),
    months: values('month'),
    daysOfMonth: readList(texts, 'dayOfMonth', (field, item) => readDayOfMonthItem(field, item, seed)),
    daysOfWeek: readList(texts, 'dayOfWeek', (field, item) => readDayOfWeekItem(field, item, seed)),
    dayFields: isAnyDay(texts.dayOfMonth) || isAnyDay(texts.dayOfWeek) ? 'both' : 'either',
    isWildcard: texts.minute.startsWith('*') || texts.hour.startsWith('*'),
    isHashed: CRON_FIELDS.some(({ name }) => /(^|,)H/.test(texts[name])),
  };
}

const ALIASES: Readonly<Record<string, string>> = {
  '@YEARLY': '0 0 1 1 *',
  '@ANNUALLY': '0 0 1 1 *',
  '@MONTHLY': '0 0 1 * *',
  '@WEEKLY': '0 0 * * 0',
  '@DAILY': '0 0 * * *',
  '@MIDNIGHT': '0 0 * * *',
  '@HOURLY': '0 * * * *',
};

/** Five fields in their longest sensible lists take some 600 characters. */
const MAX_EXPRESSION_LENGTH = 1_000;

function splitFields(expression: string): Record<CronFieldName, string> {
  if (expression.length > MAX_EXPRESSION_LENGTH) {
    throw cronSyntaxError(
      `${expression.length} characters are too long for a cron expression; ${MAX_EXPRESSION_LENGTH} are the most`,
    );
  }
  const written = inCapitals(expression.trim());
  if (/^(CRON_)?TZ=/.test(written)) {
    throw cronSyntaxError('the time zone goes into timezone, not before the fields as in a crontab');
  }
  const texts = (written.startsWith('@') ? resolveAlias(written) : written).split(/\s+/);
  if (texts.length === 5) texts.unshift('0');
  if (texts.length !== 6) throw cronSyntaxError(explainFieldCount(written === '' ? 0 : texts.length));

  const named = CRON_FIELDS.map(({ name }, index) => [name, texts[index] ?? '']);
  return Object.fromEntries(named) as Record<CronFieldName, string>;
}

function resolveAlias(alias: string): string {
  if (Object.hasOwn(ALIASES, alias)) return ALIASES[alias] ?? '';
  throw cronSyntaxError(
    `alias "${alias.toLowerCase()}" is not known; there are ${Object.keys(ALIASES).join(', ').toLowerCase()}`,
  );
}

function explainFieldCount(count: number): string {
  if (count === 0) return 'the cron expression is empty; it takes 5 fields, or 6 with seconds first';
  const given = `${count} field${count === 1 ? '' : 's'} given; a cron expression has 5, or 6 with seconds first`;
  return count === 7 ? `${given}, years are not supported` : given;
}

function readList<Item>(
  texts: Readonly<Record<CronFieldName, string>>,
  name: CronFieldName,
  readItem: (field: CronField, item: string) => Item,
): Item[] {
  const field = CRON_FIELDS.find((candidate) => candidate.name === name)!;
  return distinct(texts[name].split(',')).map((item) => readItem(field, item));
}

/** Repeats are fine, and a list of nothing else must not cost a thousand times what it says. */
function distinct<Item>(items: readonly Item[]): Item[] {
  return [...new Set(items)];
}

function isAnyDay(text: string): boolean {
  return text.startsWith('*') || text === '?';
}
