import { type Instants, SEARCH_HORIZON_MS } from '../../domain/instants.js';
import type { Exclusion } from './exclusion.js';

/** More than ten years of excluded days in a row; beyond them, or the horizon, a schedule counts as ended. */
const MAX_HOPS = 4_000;

/** The instants that no calendar excludes. Hops from the end of one excluded day or window to the next, whatever lies in it. */
export function allowedInstants(
  recurrence: Pick<Instants, 'nextAfter'>,
  exclusion: Exclusion,
): Pick<Instants, 'nextAfter'> {
  return {
    nextAfter(after) {
      let next = recurrence.nextAfter(after);
      const horizon = (next ?? after) + SEARCH_HORIZON_MS;
      for (let hops = 0; next !== null && next <= horizon && hops < MAX_HOPS; hops += 1) {
        const allowedFrom = exclusion.excludedUntil(next);
        if (allowedFrom === next) return next;
        next = recurrence.nextAfter(allowedFrom - 1);
      }
      return null;
    },
  };
}
