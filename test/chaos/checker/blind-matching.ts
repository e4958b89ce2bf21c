import { type Allowances, EARLY_SLACK_MS } from './allowances.js';
import { isRecord } from './history.js';
import type { DueInstant, IndexedHistory } from './indexed-history.js';

interface Window {
  readonly from: number;
  readonly until: number;
}

/** Instants without a call in their window, counted twice: by who the call says it is for, and by time alone. */
export interface MatchingResult {
  readonly byIdentity: number;
  readonly blind: number;
  /** Schedules on which the two counts contradict each other: the headers, or this checker, are wrong. */
  readonly disagreements: readonly string[];
}

export function compareMatchings(history: IndexedHistory, allowances: Allowances): MatchingResult {
  const results = [...history.schedules.keys()].map((scheduleId) => ({
    scheduleId,
    ...matchSchedule(history, allowances, scheduleId),
  }));
  return {
    byIdentity: sum(results.map(({ byIdentity }) => byIdentity)),
    blind: sum(results.map(({ blind }) => blind)),
    disagreements: results.filter(({ agrees }) => !agrees).map(({ scheduleId }) => scheduleId),
  };
}

/** Windows that overlap let the calls of two instants stand in for each other, so there blind may find less, never more. */
function matchSchedule(history: IndexedHistory, allowances: Allowances, scheduleId: string) {
  const instants = history.instants.filter(
    (instant) => instant.schedule.scheduleId === scheduleId && hasToRun(history, instant),
  );
  const windows = instants.map((instant) => windowOf(instant, allowances));
  const byIdentity = instants.filter(
    (instant, index) => !isCalledWithin(history, instant, windows[index]),
  ).length;
  const blind = unmatched(windows, firstCallsOf(history, scheduleId));
  const agrees = areDisjoint(windows) ? blind === byIdentity : blind <= byIdentity;
  return { byIdentity, blind, agrees };
}

/** Earliest deadline first: with points in time order no other choice matches more. @returns windows left without a call */
export function unmatched(windows: readonly Window[], calls: readonly number[]): number {
  const open = [...windows].sort((a, b) => a.until - b.until);
  let matched = 0;
  for (const call of [...calls].sort((a, b) => a - b)) {
    const index = open.findIndex(({ from, until }) => from <= call && call <= until);
    if (index === -1) continue;
    open.splice(index, 1);
    matched += 1;
  }
  return windows.length - matched;
}

function hasToRun(history: IndexedHistory, instant: DueInstant): boolean {
  return !history.rowsAt(instant).some(isRecord);
}

function windowOf({ scheduledFor }: DueInstant, allowances: Allowances): Window {
  return { from: scheduledFor - EARLY_SLACK_MS, until: allowances.deadlineOf(scheduledFor) };
}

function isCalledWithin(history: IndexedHistory, instant: DueInstant, window: Window | undefined): boolean {
  const first = history.arrivalsAt(instant)[0];
  return !!first && !!window && window.from <= first.at && first.at <= window.until;
}

function firstCallsOf(history: IndexedHistory, scheduleId: string): number[] {
  return [...history.arrivalsOfExecution.values()]
    .flatMap(([first]) => first ?? [])
    .filter((first) => first.scheduleId === scheduleId)
    .map(({ at }) => at);
}

function areDisjoint(windows: readonly Window[]): boolean {
  return windows.every(({ until }, index) => until < (windows[index + 1]?.from ?? Infinity));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
