export type CronFieldName = 'second' | 'minute' | 'hour' | 'dayOfMonth' | 'month' | 'dayOfWeek';

export interface CronField {
  readonly name: CronFieldName;
  /** As it is called in messages. */
  readonly label: string;
  readonly low: number;
  readonly high: number;
  /** In the order of their values, the first one worth `firstNamed`. */
  readonly names: readonly string[];
  readonly firstNamed: number;
  /** What `H` may draw. Days of the month stop at 28, so that every month has the day; Sunday is drawn once. */
  readonly hashLow: number;
  readonly hashHigh: number;
}

const MONTH_NAMES = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ');
export const WEEKDAY_NAMES = 'SUN MON TUE WED THU FRI SAT'.split(' ');

/** In the order in which a six-field expression has them. */
export const CRON_FIELDS: readonly CronField[] = [
  numeric('second', 'second', 0, 59),
  numeric('minute', 'minute', 0, 59),
  numeric('hour', 'hour', 0, 23),
  { ...numeric('dayOfMonth', 'day of month', 1, 31), hashHigh: 28 },
  { ...numeric('month', 'month', 1, 12), names: MONTH_NAMES, firstNamed: 1 },
  { ...numeric('dayOfWeek', 'day of week', 0, 7), names: WEEKDAY_NAMES, hashHigh: 6 },
];

export function isDayField(field: CronField): boolean {
  return field.name === 'dayOfMonth' || field.name === 'dayOfWeek';
}

function numeric(name: CronFieldName, label: string, low: number, high: number): CronField {
  return { name, label, low, high, names: [], firstNamed: 0, hashLow: low, hashHigh: high };
}

/** As names are compared: of ASCII alone, for `toUpperCase` would make SUN of "ſun" too. */
export function inCapitals(text: string): string {
  return text.replace(/[a-z]/g, (letter) => letter.toUpperCase());
}
