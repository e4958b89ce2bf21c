import { CronExpressionParser } from 'cron-parser';
import { CRON_FIELDS, isDayField, type CronField } from './cron-fields.js';
import { readCronStep, readCronValue } from './cron-value.js';
import { cronSyntaxError } from './schedule-spec-error.js';
import { stableNumberIn } from './stable-hash.js';

/** The values that one item of a field's list stands for: `*`, `n`, `a-b`, each with `/step`, or `H`. */
export function readCronItem(field: CronField, item: string, seed: string): readonly number[] {
  if (/^H(\W|$)/.test(item)) return readHashedItem(field, item, seed);

  return expandItem(field, checkItem(field, item));
}

/** Refuses what cron-parser would read generously or explain poorly; returns the item with names as numbers. */
function checkItem(field: CronField, item: string): string {
  const [range = '', step, ...more] = item.split('/');
  if (more.length > 0) throw cronSyntaxError(`${field.label} "${item}" has more than one step`);
  if (range === '?') return checkUnspecified(field, item);

  const values = checkRange(field, range);
  return step === undefined ? values : `${values}/${readCronStep(field, step)}`;
}

function checkUnspecified(field: CronField, item: string): string {
  if (isDayField(field) && item === '?') return '*';
  throw cronSyntaxError(
    `${field.label} cannot be "${item}"; "?" means no day in particular, elsewhere write "*"`,
  );
}

function checkRange(field: CronField, range: string): string {
  if (range === '*') return range;

  const ends = range.split('-');
  if (ends.length > 2)
    throw cronSyntaxError(`${field.label} "${range}" is not a range from one value to another`);
  const [from = '', to] = ends;
  const low = readCronValue(field, from);
  if (to === undefined) return `${low}`;

  const high = readRangeEnd(field, low, to);
  if (low > high)
    throw cronSyntaxError(`${field.label} range ${range} runs backwards; ${mendRange(field, from, to)}`);
  return `${low}-${high}`;
}

function mendRange(field: CronField, from: string, to: string): string {
  if (field.name === 'dayOfWeek' && to === '0') return `Sunday at the end is 7, as in ${from}-7`;
  return `write it as two, ${from}-${field.high},${field.low}-${to}`;
}

/** A week that ends on Sunday ends on its seventh day: FRI-SUN. */
function readRangeEnd(field: CronField, low: number, to: string): number {
  return field.name === 'dayOfWeek' && to === 'SUN' && low > 0 ? 7 : readCronValue(field, to);
}

const expandedItems = new Map<string, readonly number[]>();

/**
 * cron-parser spells the checked item out. One item at a time and no field beside it: given a whole expression it
 * refuses overlapping lists (`1-5,3-7`), and knows neither `LW`, `L-3` nor lists of `#`.
 * A parse takes some 20 µs and the same few items come again and again, hence the memory.
 */
function expandItem(field: CronField, item: string): readonly number[] {
  const key = `${field.name} ${item}`;
  const known = expandedItems.get(key);
  if (known !== undefined) return known;

  const expression = CRON_FIELDS.map((other) => (other === field ? item : '*')).join(' ');
  const values = CronExpressionParser.parse(expression).fields[field.name].values.map(Number);
  if (expandedItems.size >= 4_096) expandedItems.clear();
  expandedItems.set(key, values);
  return values;
}

/** `H`, `H/n`, `H(a-b)`, `H(a-b)/n`: drawn from the schedule's id, so that it stays, unlike cron-parser's own draw. */
function readHashedItem(field: CronField, item: string, seed: string): readonly number[] {
  const [, from, to, stepText] = /^H(?:\((\w+)-(\w+)\))?(?:\/(\w+))?$/.exec(item) ?? notHashed(field, item);
  const low = from === undefined ? field.hashLow : readCronValue(field, from);
  const high = to === undefined ? field.hashHigh : readCronValue(field, to);
  if (low > high) throw cronSyntaxError(`${field.label} "${item}" has a range that runs backwards`);

  const source = `${seed}/${field.name}`;
  if (stepText === undefined) return [stableNumberIn(source, low, high)];

  const step = readCronStep(field, stepText);
  const first = stableNumberIn(source, low, Math.min(low + step - 1, high));
  return Array.from({ length: Math.floor((high - first) / step) + 1 }, (_, index) => first + index * step);
}

function notHashed(field: CronField, item: string): never {
  throw cronSyntaxError(`${field.label} "${item}" is none of H, H/5, H(0-29) and H(0-29)/10`);
}
