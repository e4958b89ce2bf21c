import { types } from 'pg';

type Parser = (text: string) => unknown;

const TIMESTAMPTZ: number = types.builtins.TIMESTAMPTZ;
const parseAnyInstant = types.getTypeParser(TIMESTAMPTZ) as Parser;

/** How the driver reads columns: as it always does, but for instants, of which a page of history has 250 and more. */
export const VALUE_PARSERS = {
  getTypeParser(oid: number, format?: 'text' | 'binary'): Parser {
    if (oid === TIMESTAMPTZ && format !== 'binary') return parseInstant;
    return types.getTypeParser(oid, format) as Parser;
  },
};

/**
 * `2026-11-23 20:45:19.123+00`, as a session in UTC writes it: by its places 0.1 µs, by the driver's regular expression 0.4.
 * Whatever looks different is the driver's to read: other zones, years beyond 9999 or before Christ, infinity.
 */
export function parseInstant(text: string): unknown {
  const end = text.length - 3;
  const isUsual = text.charAt(4) === '-' && text.charAt(10) === ' ' && text.endsWith('+00');
  if (!isUsual) return parseAnyInstant(text);
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  if (year < 100) return parseAnyInstant(text);
  const ms = end > 20 ? Number(text.slice(20, Math.min(end, 23)).padEnd(3, '0')) : 0;
  const [month, day] = [twoDigits(text, 5) - 1, twoDigits(text, 8)];
  return new Date(
    Date.UTC(year, month, day, twoDigits(text, 11), twoDigits(text, 14), twoDigits(text, 17), ms),
  );
}

/** The codes of the digits begin at 48. */
function twoDigits(text: string, at: number): number {
  return text.charCodeAt(at) * 10 + text.charCodeAt(at + 1) - 528;
}
