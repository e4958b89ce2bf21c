import { SECONDS_PER_DAY } from './civil-date.js';
import { ClockChangeRules, isGap, isShortGap, isShortOverlap } from './clock-change-rules.js';
import { formatWall } from './local-time.js';
import type { CronSpec } from './schedule-spec.js';
import type { WallTimes } from './wall-times.js';
import { zoneNamed, type ClockChange } from './zone.js';

export interface ClockChangeWarning {
  readonly code: 'dst_gap' | 'dst_overlap';
  readonly message: string;
  readonly at: string;
}

const TWO_YEARS_SECONDS = 731 * SECONDS_PER_DAY;

/** One warning for each clock change in the next two years that a fixed-time expression fires into. */
export function clockChangeWarnings(
  spec: CronSpec,
  wallTimes: WallTimes,
  from: number,
): ClockChangeWarning[] {
  const fromSeconds = Math.ceil(from / 1_000);
  const rules = new ClockChangeRules(wallTimes, false, spec);
  return zoneNamed(spec.timezone)
    .changesIn(fromSeconds, fromSeconds + TWO_YEARS_SECONDS)
    .filter((change) => (isGap(change) ? rules.swallows(change) : rules.repeats(change)))
    .map((change) => ({
      code: isGap(change) ? 'dst_gap' : 'dst_overlap',
      message: `${describeChange(spec.timezone, change)}; ${describeEffect(spec, change)}`,
      at: new Date(change.at * 1_000).toISOString(),
    }));
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

function describeEffect(spec: CronSpec, change: ClockChange): string {
  return isGap(change) ? describeGap(spec, change) : describeOverlap(spec, change);
}

function describeGap({ dstGap }: CronSpec, change: ClockChange): string {
  if (dstGap === 'skip' || !isShortGap(change)) return 'what is due in between does not run that day';
  return 'what is due in between runs once, right after the change';
}

function describeOverlap({ dstOverlap }: CronSpec, change: ClockChange): string {
  if (dstOverlap === 'both' || !isShortOverlap(change)) return 'what is due in between runs twice';
  return `what is due in between runs once, at the ${dstOverlap} pass`;
}
