import type { Verdict } from '../checker/check-history.js';
import type { History } from '../checker/history.js';
import { type Finding, VERDICT_CLASSES, type VerdictClass } from '../checker/verdict.js';
import { type CampaignOptions, commandOf } from './options.js';
import { recoveryTable } from './recovery-table.js';
import type { CampaignResult } from './run-campaign.js';

const EXAMPLES = 3;

/** What is counted for each class: the N that stands beside its zero. */
const COUNTED_IN: Readonly<Record<VerdictClass, 'instants' | 'calls' | 'rows'>> = {
  LOST: 'instants',
  'SILENT-MISS': 'instants',
  LATE: 'instants',
  'VERY-LATE': 'instants',
  EARLY: 'instants',
  'DUP-ROW': 'instants',
  'DUP-SAME-ATTEMPT': 'calls',
  'DUP-AFTER-SUCCESS': 'calls',
  OVERLAP: 'calls',
  ORPHAN: 'calls',
  'GHOST-SUCCESS': 'rows',
  'FALSE-FAILURE': 'rows',
  STUCK: 'rows',
  'FENCE-BREACH': 'rows',
};

/** The verdict as a person reads it. */
export function report({ history, verdict }: CampaignResult, options: CampaignOptions): string {
  return [
    verdictTable(verdict),
    '',
    summary(verdict, history),
    '',
    recoveryTable(history.faults),
    ...exampleLines(verdict.findings),
    '',
    `${verdict.isGood ? 'GOOD' : 'BAD'}: seed ${options.seed}. Again: ${commandOf(options)}`,
  ].join('\n');
}

export function verdictTable({ findings, counted }: Verdict): string {
  const lines = (Object.keys(VERDICT_CLASSES) as VerdictClass[]).map((name) => {
    const ofClass = findings.filter((finding) => finding.class === name);
    const forbidden = ofClass.filter(({ excusedBy }) => excusedBy === null).length;
    const unit = COUNTED_IN[name];
    return `| ${name.padEnd(17)} | ${cell(forbidden)} | ${cell(ofClass.length - forbidden)} | ${cell(counted[unit])} ${unit.padEnd(8)} |`;
  });
  const head = `| ${'class'.padEnd(17)} | ${'found'.padStart(7)} | ${'excused'.padStart(7)} | ${'N'.padStart(7)}          |`;
  return [head, '|---|---:|---:|---:|', ...lines].join('\n');
}

function summary({ counted, matching, delays }: Verdict, { faults }: History): string {
  const stalls = faults.filter(({ kind }) => kind === 'machine-stall').length;
  const delay = `p50 ${delays.p50} ms, p99 ${delays.p99} ms, max ${delays.max} ms over ${delays.count}`;
  return [
    `${counted.instants} instants, ${counted.faultFreeInstants} of them untouched by faults; ${faults.length - stalls} faults, ${stalls} machine stalls`,
    `${counted.calls} calls, ${counted.repeatedCalls} of them second or later tries; ${counted.rows} rows`,
    `start delay without faults: ${delay}`,
    `instants not served in their window: ${matching.byIdentity} by identity, ${matching.blind} blind, ${matching.disagreements.length} schedules in disagreement`,
  ].join('\n');
}

function exampleLines(findings: readonly Finding[]): string[] {
  const forbidden = findings.filter(({ excusedBy }) => excusedBy === null);
  return (Object.keys(VERDICT_CLASSES) as VerdictClass[]).flatMap((name) =>
    forbidden
      .filter((finding) => finding.class === name)
      .slice(0, EXAMPLES)
      .map(({ executionId, detail }) => `${name} ${executionId ?? ''}: ${detail}`),
  );
}

function cell(count: number): string {
  return String(count).padStart(7);
}
