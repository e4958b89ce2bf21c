/** What can be wrong with a history, in the words of issue 4. */
export const VERDICT_CLASSES = {
  LOST: 'a row that never reached the target, or a record of it without a cause',
  'SILENT-MISS': 'a due instant with neither a row nor a call',
  LATE: 'the first call later than its allowance',
  'VERY-LATE': 'more than 30 s later than its allowance',
  EARLY: 'a call before its instant',
  'DUP-ROW': 'two rows of one instant',
  'DUP-SAME-ATTEMPT': 'two calls with one attempt number',
  'DUP-AFTER-SUCCESS': 'a call after an answered success',
  OVERLAP: 'two calls open at once that exclude each other',
  ORPHAN: 'a call or a row that belongs to no instant',
  'GHOST-SUCCESS': 'succeeded, and the target never said so',
  'FALSE-FAILURE': 'failed or given up, and the target was well',
  STUCK: 'not final when everything had come to rest',
  'FENCE-BREACH': 'a try that had been taken away acted all the same',
} as const;

export type VerdictClass = keyof typeof VERDICT_CLASSES;

export interface Finding {
  readonly class: VerdictClass;
  /** The fault that excuses it; null makes it a violation. */
  readonly excusedBy: string | null;
  readonly executionId: string | null;
  readonly detail: string;
}

export function violations(findings: readonly Finding[]): Finding[] {
  return findings.filter(({ excusedBy }) => excusedBy === null);
}
