import { zoneNamed } from './zone.js';

/** What clock and calendar show in a zone. */
export interface LocalTime {
  /** `YYYY-MM-DDTHH:mm:ss` */
  readonly local: string;
  /** `+02:00`; with seconds where history had them, `-04:56:02` */
  readonly offset: string;
}

export function localTimeAt(instant: number, timezone: string): LocalTime {
  const { offset } = zoneNamed(timezone).spanAt(Math.floor(instant / 1_000));
  return { local: formatWall(instant / 1_000 + offset), offset: formatOffset(offset) };
}

/** `YYYY-MM-DDTHH:mm:ss` of a wall second. */
export function formatWall(wall: number): string {
  return new Date(Math.floor(wall) * 1_000).toISOString().replace('.000Z', '');
}

function formatOffset(offsetSeconds: number): string {
  const size = Math.abs(offsetSeconds);
  const parts = [Math.floor(size / 3_600), Math.floor(size / 60) % 60];
  if (size % 60 !== 0) parts.push(size % 60);
  return (offsetSeconds < 0 ? '-' : '+') + parts.map((part) => String(part).padStart(2, '0')).join(':');
}
