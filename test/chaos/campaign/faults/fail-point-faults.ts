import { setTimeout as delay } from 'node:timers/promises';
import type { AppProcess } from '../app-process.js';
import { CRASH_RECOVERY_MS, type FaultKind } from './fault-kind.js';

const KILLED_AT = [
  'after_commit_before_hand_over',
  'after_hand_over',
  'after_passing_on',
  'after_claim',
  'after_response_before_settle',
  'after_settle',
];
/** Rare enough for the worker to be in full swing when it meets its point, frequent enough for that to happen. */
const PROBABILITY = 0.05;
/** From the start of the armed worker until it meets its point. */
const PATIENCE_MS = 15_000;
const POLL_MS = 50;

/** Within a lease of 15 s, and beyond it and the rescue. */
const [SHORT_STALL_MS, LONG_STALL_MS] = [8_000, 20_000];

/** A deploy of one worker that dies at a chosen line; it comes back without the fail point. */
export const FAIL_POINT_FAULTS: readonly FaultKind[] = [
  ...KILLED_AT.map((name) => failPointFault(`dies-${dashed(name)}`, `${name}=kill@${PROBABILITY}`)),
  stallFault('stalls-8s-after-claim', 'after_claim', SHORT_STALL_MS),
  stallFault('stalls-20s-after-claim', 'after_claim', LONG_STALL_MS),
  stallFault('stalls-20s-before-settle', 'after_response_before_settle', LONG_STALL_MS),
];

/** It has to wake up again before it is ended: what it does then is the point. */
function stallFault(kind: string, name: string, stallMs: number): FaultKind {
  return failPointFault(kind, `${name}=stall:${stallMs}@${PROBABILITY}`, PATIENCE_MS + stallMs);
}

function failPointFault(kind: string, failPoints: string, patienceMs = PATIENCE_MS): FaultKind {
  return {
    kind,
    recoveryMs: CRASH_RECOVERY_MS,
    costsTries: true,
    async inflict(site, random) {
      const { app } = random.pick(site.workers);
      await app.stop();
      const exits = app.exitCount;
      await app.start({ FAIL_POINTS: failPoints });
      if (await endsWithin(app, exits, patienceMs)) return app.name;
      // It stalled, or was spared: a second crash brings it back unarmed.
      app.signal('SIGKILL');
      return `${app.name}, killed after all`;
    },
  };
}

async function endsWithin(app: AppProcess, exits: number, patienceMs: number): Promise<boolean> {
  const deadline = performance.now() + patienceMs;
  while (performance.now() < deadline) {
    if (app.exitCount > exits) return true;
    await delay(POLL_MS);
  }
  return false;
}

function dashed(name: string): string {
  return name.replaceAll('_', '-');
}
