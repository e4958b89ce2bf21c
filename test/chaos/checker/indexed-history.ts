import { type Arrival, type History, type Row, type ScheduleModel, slotOf } from './history.js';
import { instantsOf } from './oracle.js';

export interface DueInstant {
  readonly schedule: ScheduleModel;
  readonly scheduledFor: number;
}

/** A history with the look-ups that the checks share; arrivals in the order of their coming. */
export class IndexedHistory {
  readonly instants: readonly DueInstant[];
  readonly schedules: ReadonlyMap<string, ScheduleModel>;
  readonly arrivalsOfExecution: ReadonlyMap<string, readonly Arrival[]>;
  readonly arrivalsOfSlot: ReadonlyMap<string, readonly Arrival[]>;
  readonly rowsOfSlot: ReadonlyMap<string, readonly Row[]>;
  readonly rowsOfSchedule: ReadonlyMap<string, readonly Row[]>;
  readonly rowOfExecution: ReadonlyMap<string, Row>;

  constructor(readonly history: History) {
    const arrivals = [...history.arrivals].sort((a, b) => a.at - b.at);
    this.schedules = new Map(history.schedules.map((schedule) => [schedule.scheduleId, schedule]));
    this.instants = history.schedules.flatMap((schedule) =>
      instantsOf(schedule).map((scheduledFor) => ({ schedule, scheduledFor })),
    );
    this.arrivalsOfExecution = groupBy(arrivals, ({ executionId }) => executionId);
    this.arrivalsOfSlot = groupBy(arrivals, slotOf);
    this.rowsOfSlot = groupBy(history.rows, slotOf);
    this.rowsOfSchedule = groupBy(history.rows, ({ scheduleId }) => scheduleId ?? '');
    this.rowOfExecution = new Map(history.rows.map((row) => [row.executionId, row]));
  }

  arrivalsAt({ schedule, scheduledFor }: DueInstant): readonly Arrival[] {
    return this.arrivalsOfSlot.get(slotOf({ scheduleId: schedule.scheduleId, scheduledFor })) ?? [];
  }

  rowsAt({ schedule, scheduledFor }: DueInstant): readonly Row[] {
    return this.rowsOfSlot.get(slotOf({ scheduleId: schedule.scheduleId, scheduledFor })) ?? [];
  }
}

export function groupBy<T>(values: readonly T[], keyOf: (value: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const group = groups.get(keyOf(value));
    if (group) group.push(value);
    else groups.set(keyOf(value), [value]);
  }
  return groups;
}
