import { SECONDS_PER_DAY } from './civil-date.js';
import { ClockChangeRules, isGap, isShortGap, isShortOverlap } from './clock-change-rules.js';
import type { CronExpression } from './cron-expression.js';
import { formatWall } from './local-time.js';
import type { CronSpec, RecurrenceBounds } from './schedule-spec.js';
import type { WallTimes } from './wall-times.js';
import { zoneNamed } from './zone.js';
import type { ClockChange } from './zone-span.js';

export interface ClockChangeWarning {
  readonly code: 'dst_gap' | 'dst_overlap';
  readonly message: string;
  readonly at: string;
}

const TWO_YEARS_SECONDS = 731 * SECONDS_PER_DAY;

const HOURS_PER_DAY = 24;

/** What the warnings are about: a cron schedule, and the part of time that they look at. */
export interface WarnedCron {
  readonly spec: CronSpec;
  readonly expression: CronExpression;
  /** Epoch ms. */
  readonly from: number;
  readonly bounds: RecurrenceBounds;
}

/**
 * One warning for each clock change within the bounds that the expression fires into, looking two years ahead. A
 * wildcard expression of all hours does not surprise anybody: it goes on at its pace through every change. One that is
 * confined to some hours has fewer runs than usual on the day of a gap, and more on that of a repeated hour.
 */
export function clockChangeWarnings(cron: WarnedCron, wallTimes: WallTimes): ClockChangeWarning[] {
  const { spec, expression } = cron;
  const { isWildcard } = expression;
  if (isWildcard && new Set(expression.hours).size === HOURS_PER_DAY) return [];
  const rules = new ClockChangeRules(wallTimes, isWildcard, spec);
  return changesAhead(cron)
    .filter((change) => (isGap(change) ? rules.swallows(change) : rules.repeats(change)))
    .map((change) => ({
      code: isGap(change) ? 'dst_gap' : 'dst_overlap',
      message: `${describeChange(spec.timezone, change)}; ${describeEffect(cron, change)}`,
      at: new Date(change.at * 1_000).toISOString(),
    }));
}

/** Two years of them, from when the schedule may fire. A run that a gap put off may be the last: `endAt` is inclusive. */
function changesAhead({ spec, from, bounds }: WarnedCron): ClockChange[] {
  const { startAt, endAt } = bounds;
  const start = Math.ceil(Math.max(from, startAt?.getTime() ?? from) / 1_000);
  const end = Math.min(start + TWO_YEARS_SECONDS, Math.floor((endAt?.getTime() ?? Infinity) / 1_000) + 1);
  return zoneNamed(spec.timezone).changesIn(start, end);
}

/** "on 2026-03-08 the clocks of America/New_York go forward from 02:00 to 03:00" */
function describeChange(timezone: string, change: ClockChange): string {
  const before = formatWall(change.at + change.offsetBefore);
  const after = formatWall(change.at + change.offsetAfter);
  const date = before.slice(0, before.indexOf('T'));
  const timeOf = (local: string) => local.replace(`${date}T`, '').replace(/:00$/, '');
  const direction = isGap(change) ? 'forward' : 'back';
  return `on ${date} the clocks of ${timezone} go ${direction} from ${timeOf(before)} to ${timeOf(after)}`;
}

function describeEffect(cron: WarnedCron, change: ClockChange): string {
  return isGap(change) ? describeGap(cron, change) : describeOverlap(cron, change);
}

function describeGap({ spec, expression }: WarnedCron, change: ClockChange): string {
  const isMadeUp = !expression.isWildcard && spec.dstGap !== 'skip' && isShortGap(change);
  if (!isMadeUp) return 'what is due in between does not run that day';
  return 'what is due in between runs once, right after the change';
}

function describeOverlap({ spec, expression }: WarnedCron, change: ClockChange): string {
  const isHeldBack = !expression.isWildcard && spec.dstOverlap !== 'both' && isShortOverlap(change);
  if (!isHeldBack) return 'what is due in between runs twice';
  return `what is due in between runs once, at the ${spec.dstOverlap} pass`;
}
