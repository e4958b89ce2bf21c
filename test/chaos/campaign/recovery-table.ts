import { groupBy } from '../checker/indexed-history.js';
import type { Fault } from '../checker/history.js';

/** How long each kind of fault was felt after its cause had gone, at worst. */
export function recoveryTable(faults: readonly Fault[]): string {
  const byKind = groupBy(
    faults.filter(({ kind }) => kind !== 'machine-stall'),
    ({ kind }) => kind,
  );
  const lines = [...byKind]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([kind, ofKind]) => lineOf(kind, ofKind));
  return ['| fault | times | slowest recovery | allowed |', '|---|---:|---:|---:|', ...lines].join('\n');
}

function lineOf(kind: string, faults: readonly Fault[]): string {
  const times = faults.map(({ until, recoveredAt }) => (recoveredAt ?? Infinity) - until);
  const slowest = Math.max(...times);
  const shown = slowest === Infinity ? 'not within 45 s' : `${(slowest / 1_000).toFixed(1)} s`;
  const [{ recoveryMs, delaysStarts } = { recoveryMs: 0, delaysStarts: true }] = faults;
  const allowed = delaysStarts ? `${recoveryMs / 1_000} s` : 'unnoticed';
  return `| ${kind} | ${faults.length} | ${shown} | ${allowed} |`;
}
