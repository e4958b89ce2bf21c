import { setTimeout as delay } from 'node:timers/promises';
import type { Member, Site } from '../site.js';
import type { FaultKind } from './fault-kind.js';

const HOUR_SECONDS = 3_600;
/** Longer than a message's lock (10 s) and a worker's patience with its lease (12 s). */
const JUMPED_MS = 14_000;

/** The wall clock of one process jumps by an hour and, later, back. What is due when is the database's to say: nothing may change. */
export const CLOCK_FAULTS: readonly FaultKind[] = [
  jumpFault('worker-clock-ahead', ({ workers }) => workers, HOUR_SECONDS),
  jumpFault('worker-clock-behind', ({ workers }) => workers, -HOUR_SECONDS),
  jumpFault('api-clock-ahead', ({ apis }) => apis, HOUR_SECONDS),
  jumpFault('api-clock-behind', ({ apis }) => apis, -HOUR_SECONDS),
];

function jumpFault(kind: string, victimsIn: (site: Site) => readonly Member[], seconds: number): FaultKind {
  return {
    kind,
    recoveryMs: 0,
    costsTries: false,
    isHarmless: true,
    needs: 'fake-clock',
    async inflict(site, random) {
      const { app, clock } = random.pick(victimsIn(site));
      await clock?.jump(seconds);
      await delay(JUMPED_MS);
      await clock?.jump(0);
      return app.name;
    },
  };
}
