import { applyDecorators } from '@nestjs/common';
import { IsString } from 'class-validator';
import { Refuses } from '@app/platform/http';
import { isTimeZone } from '../../domain/schedule-spec.js';

/** The longest name in the IANA database has 32 characters. */
const MAX_NAME_LENGTH = 64;

/** An IANA time zone. */
export function IsTimeZone(): PropertyDecorator {
  return applyDecorators(
    IsString(),
    Refuses('unknown_time_zone', (value) => (typeof value === 'string' ? findZoneFault(value) : null)),
  );
}

function findZoneFault(name: string): string | null {
  if (isTimeZone(name)) return null;
  const meant = name.length > MAX_NAME_LENGTH ? undefined : zoneMeantBy(name);
  return meant === undefined
    ? 'must be an IANA time zone, such as UTC or Europe/Berlin; an offset does not know about clock changes'
    : `must be an IANA time zone; did you mean ${meant}?`;
}

/** `Berlin`, `europe berlin`, `New York` and `Europe/Berln` are near enough to guess. */
function zoneMeantBy(name: string): string | undefined {
  const written = lettersOf(name);
  if (written === '') return undefined;
  const zones = Intl.supportedValuesOf('timeZone');
  return (
    zones.find((zone) => lettersOf(cityOf(zone)) === written || lettersOf(zone) === written) ??
    zones.find((zone) => isOneSlipAway(lettersOf(zone), written))
  );
}

function cityOf(zone: string): string {
  return zone.slice(zone.lastIndexOf('/') + 1);
}

function lettersOf(text: string): string {
  return text.toLowerCase().replace(/[^a-z]/g, '');
}

/** One letter missing, added, replaced, or two swapped: what is left between the common ends is that short. */
function isOneSlipAway(a: string, b: string): boolean {
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  const [restA, restB] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  const isSwap = restA.length === 2 && restA === [...restB].reverse().join('');
  return isSwap || Math.max(restA.length, restB.length) <= 1;
}
