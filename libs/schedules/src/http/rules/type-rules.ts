import { applyDecorators } from '@nestjs/common';
import { ValidateIf } from 'class-validator';
import { Refuses } from '@app/platform/http';
import type { ScheduleType } from '../../domain/schedule.js';

export const SCHEDULE_TYPES: readonly ScheduleType[] = ['cron', 'interval', 'one_time'];

interface Typed {
  readonly type: ScheduleType;
}

/** A field that schedules of this type must have and others must not; null is the same as leaving it out. */
export function OnlyForType(type: ScheduleType): PropertyDecorator {
  return applyDecorators(
    ValidateIf((owner: Typed, value) => owner.type === type || !isAbsent(value)),
    Refuses<Typed>('not_of_this_type', (value, owner) => findStrayFault(type, value, owner)),
  );
}

/** A null where the field is required gets no word here: the rule for its own type speaks. */
function findStrayFault(type: ScheduleType, value: unknown, owner: Typed): string | null {
  if (owner.type === type || isAbsent(value) || !SCHEDULE_TYPES.includes(owner.type)) return null;
  return `belongs to a schedule of type ${type}; this one is of type ${owner.type}`;
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}
