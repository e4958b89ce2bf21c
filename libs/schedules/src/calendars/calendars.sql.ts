import { bytesOf, containing, type Statement, whereOf, withinPageBytes } from '@app/platform/database';

export interface CalendarFilter {
  /** Part of the name, in any case. */
  readonly q?: string;
}

/** Newest first, starting below `beforeId`. */
export interface CalendarWindow {
  readonly limit: number;
  readonly beforeId?: string;
}

/** @param columns of a calendar */
export function listCalendars(
  columns: string,
  service: string,
  { q }: CalendarFilter,
  { limit, beforeId }: CalendarWindow,
): Statement {
  const { where, parameters } = whereOf([
    ['service = ?', service],
    ['id < ?', beforeId],
    ['name ILIKE ?', q === undefined ? undefined : containing(q)],
  ]);
  return {
    sql: withinPageBytes(`
      SELECT ${columns}, ${bytesOf('excluded_dates', 'excluded_windows')} AS bytes
      FROM calendars WHERE ${where.join(' AND ')}
      ORDER BY id DESC LIMIT $${parameters.length + 1}`),
    parameters: [...parameters, limit],
  };
}

/** Up to $3 schedules that name a calendar. The second condition is the index's own: without it the planner passes it by. */
export const USERS_OF_CALENDAR = `
  SELECT id FROM schedules
  WHERE calendars @> ARRAY[$2::text] AND calendars <> '{}' AND service = $1
  ORDER BY id
  LIMIT $3
`;

/**
 * Those of the names that exist, kept from being renamed or deleted until the transaction ends. FOR SHARE and not a
 * plain read: a calendar deleted in between would leave a schedule that names nothing.
 */
export const LOCK_NAMED_FOR_USE = `
  SELECT name FROM calendars WHERE service = $1 AND name = ANY($2::text[]) ORDER BY id FOR SHARE
`;

/**
 * The calendars asked for, one row each that exists. The rules of one whose id and version the caller has already stay
 * in the table: a calendar of 5,000 entries is 150 KB, and the same few are asked for at every tick.
 */
export const CALENDARS_NAMED = `
  SELECT c.service, c.name, c.id, c.version,
         CASE WHEN (c.id, c.version) IS DISTINCT FROM (asked.known_id, asked.known_version)
              THEN jsonb_build_object('timezone', c.timezone, 'excludedDates', c.excluded_dates,
                                      'excludedWeekdays', c.excluded_weekdays, 'excludedWindows', c.excluded_windows)
         END AS rules
  FROM unnest($1::text[], $2::text[], $3::uuid[], $4::integer[]) AS asked (service, name, known_id, known_version)
  JOIN calendars AS c ON c.service = asked.service AND c.name = asked.name
`;
