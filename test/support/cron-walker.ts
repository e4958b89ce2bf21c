/**
 * A second opinion on cron: walks over every second or minute of a window, asks `Intl` what the clocks on the wall
 * show, and applies the contract's rules to what it saw. Slow, plain, and without a line in common with the engine.
 */
export interface WalkedSchedule {
  /** Six fields, seconds first. Numbers, `*`, ranges, steps, lists, and L, L-n, W, LW, nL, n#k for the days. */
  readonly fields: readonly [string, string, string, string, string, string];
  readonly timezone: string;
  readonly dstGap: 'next_valid' | 'skip';
  readonly dstOverlap: 'first' | 'second' | 'both';
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const LONGEST_CHANGE_MS = 3 * HOUR_MS;

/** All instants in [from, to), epoch ms; both and `stepMs` in whole seconds, and `to` within weeks of `from`. */
export function walkInstants(schedule: WalkedSchedule, from: number, to: number, stepMs: number): number[] {
  const wallAt = wallClock(schedule.timezone);
  const seen: { at: number; wall: number }[] = [];
  const occurrences = new Map<number, number[]>();
  for (let at = from - LONGEST_CHANGE_MS; at < to + LONGEST_CHANGE_MS; at += stepMs) {
    const wall = wallAt(at);
    seen.push({ at, wall });
    const passes = occurrences.get(wall);
    if (passes === undefined) occurrences.set(wall, [at]);
    else passes.push(at);
  }

  const isWildcard = schedule.fields[1].startsWith('*') || schedule.fields[2].startsWith('*');
  const isDue = (wall: number) => matchesFields(schedule.fields, wall);
  const isThisPass = (at: number, wall: number) => {
    if (isWildcard || schedule.dstOverlap === 'both') return true;
    const passes = occurrences.get(wall)!;
    return at === (schedule.dstOverlap === 'first' ? passes[0] : passes.at(-1));
  };
  const isMadeUp = (index: number) => {
    const previous = seen[index - 1];
    const current = seen[index]!;
    if (isWildcard || schedule.dstGap === 'skip' || previous === undefined) return false;
    const jump = current.wall - previous.wall - stepMs;
    if (jump <= 0 || jump > LONGEST_CHANGE_MS) return false;
    for (let missing = previous.wall + stepMs; missing < current.wall; missing += stepMs) {
      if (isDue(missing)) return true;
    }
    return false;
  };
  return seen
    .filter(({ at, wall }, index) => (isDue(wall) && isThisPass(at, wall)) || isMadeUp(index))
    .map(({ at }) => at)
    .filter((at) => at >= from && at < to);
}

/** The minutes of the year (UTC) at which the zone's clocks are moved. */
export function clockChanges(timezone: string, year: number): number[] {
  const wallAt = wallClock(timezone);
  const offsetAt = (at: number) => wallAt(at) - at;
  const changes: number[] = [];
  for (let day = Date.UTC(year, 0, 1); day < Date.UTC(year + 1, 0, 1); day += DAY_MS) {
    if (offsetAt(day) === offsetAt(day + DAY_MS)) continue;
    let change = day;
    while (offsetAt(change) === offsetAt(day)) change += MINUTE_MS;
    changes.push(change);
  }
  return changes;
}

/** Local time as if it were UTC, in ms. */
export function wallClock(timezone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: timezone,
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  return (at) => Date.parse(`${format.format(at).replace(' ', 'T')}Z`);
}

export function matchesFields(fields: WalkedSchedule['fields'], wall: number): boolean {
  const local = new Date(wall);
  const [second, minute, hour, dayOfMonth, month, dayOfWeek] = fields;
  if (!matchesList(second, local.getUTCSeconds(), 59)) return false;
  if (!matchesList(minute, local.getUTCMinutes(), 59)) return false;
  if (!matchesList(hour, local.getUTCHours(), 23)) return false;
  if (!matchesList(month, local.getUTCMonth() + 1, 12)) return false;

  const isDate = dayOfMonth.split(',').some((item) => matchesDate(item, local));
  const isWeekday = dayOfWeek.split(',').some((item) => matchesWeekday(item, local));
  const isOpen = dayOfMonth.startsWith('*') || dayOfWeek.startsWith('*');
  return isOpen ? isDate && isWeekday : isDate || isWeekday;
}

function matchesList(list: string, value: number, high: number): boolean {
  return list.split(',').some((item) => {
    const [range, step = '1'] = item.split('/') as [string, string?];
    const [low, end] = range === '*' ? [0, high] : (range.split('-').map(Number) as [number, number?]);
    const last = end ?? (item.includes('/') ? high : low);
    const first = range === '*' && (high === 12 || high === 31) ? 1 : low;
    return value >= first && value <= last && (value - first) % Number(step) === 0;
  });
}

function matchesDate(item: string, local: Date): boolean {
  const date = local.getUTCDate();
  const last = new Date(Date.UTC(local.getUTCFullYear(), local.getUTCMonth() + 1, 0)).getUTCDate();
  if (item === 'LW') return date === nearestWorkday(local, last, last);
  if (item.startsWith('L')) return date === last - Number(item.slice(2) || 0);
  if (item.endsWith('W'))
    return parseInt(item) <= last && date === nearestWorkday(local, parseInt(item), last);
  return matchesList(item, date, 31);
}

/** Tries the day itself, then the days before and after by distance, and takes the first weekday inside the month. */
function nearestWorkday(local: Date, day: number, last: number): number | undefined {
  return [0, -1, 1, -2, 2]
    .map((away) => day + away)
    .filter((candidate) => candidate >= 1 && candidate <= last)
    .find((candidate) => {
      const weekday = new Date(Date.UTC(local.getUTCFullYear(), local.getUTCMonth(), candidate)).getUTCDay();
      return weekday !== 0 && weekday !== 6;
    });
}

function matchesWeekday(item: string, local: Date): boolean {
  const [weekday, date] = [local.getUTCDay(), local.getUTCDate()];
  if (item.includes('#')) {
    const [day, nth] = item.split('#').map(Number) as [number, number];
    return weekday === day % 7 && Math.ceil(date / 7) === nth;
  }
  if (item.endsWith('L')) {
    const weekLater = new Date(local.getTime() + 7 * DAY_MS);
    return weekday === parseInt(item) % 7 && weekLater.getUTCMonth() !== local.getUTCMonth();
  }
  return matchesList(item, weekday, 7) || (weekday === 0 && matchesList(item, 7, 7));
}
