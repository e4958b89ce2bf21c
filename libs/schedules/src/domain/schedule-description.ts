import cronstrue from 'cronstrue';
import { parseCronExpression, type CronExpression } from './cron-expression.js';
import { CRON_FIELDS, type CronField } from './cron-fields.js';
import { readCronItem } from './cron-item.js';
import { localTimeAt } from './local-time.js';
import type { CronSpec, ScheduleSpec } from './schedule-spec.js';

/** A sentence for people: "At 09:00, Monday through Friday (Europe/Berlin)". Throws ScheduleSpecError for a bad spec. */
export function describeSchedule(spec: ScheduleSpec): string {
  switch (spec.type) {
    case 'cron':
      return `${describeCron(spec)} (${spec.timezone})`;
    case 'interval':
      return `Every ${describeDuration(spec.intervalSeconds)} from ${describeInstant(spec.anchor, spec.timezone)}`;
    case 'one_time':
      return `Once, at ${describeInstant(spec.runAt, spec.timezone)}`;
  }
}

function describeCron(spec: CronSpec): string {
  const expression = parseCronExpression(spec.cronExpression, '');
  try {
    return describeDays(expression, cronstrue.toString(cronText(expression), { use24HourTimeFormat: true }));
  } catch {
    return describeFields(expression);
  }
}

/** The five fields, or six where seconds matter: cronstrue words the two differently. */
function cronText({ texts }: CronExpression): string {
  const fields = CRON_FIELDS.map((field) =>
    field.name === 'dayOfWeek' ? withSundayAtTheEnd(field, texts[field.name]) : texts[field.name],
  );
  return (texts.second === '0' ? fields.slice(1) : fields).join(' ');
}

/** From a day on, cron's week ends on Sunday, its seventh day, and cronstrue's on Saturday: so the days are spelt out. */
function withSundayAtTheEnd(dayOfWeek: CronField, text: string): string {
  const isStepFromDay = (item: string) => /^[^*H]\w*\/\d+$/.test(item);
  return text
    .split(',')
    .map((item) => (isStepFromDay(item) ? fromMonday(readCronItem(dayOfWeek, item, '')).join(',') : item))
    .join(',');
}

/** Sunday is 0 and 7 at once, and comes last here. */
function fromMonday(weekdays: readonly number[]): number[] {
  return [...new Set(weekdays.map((day) => day || 7))].sort((a, b) => a - b);
}

/** cronstrue says "and" between the two day fields where cron means "or", or "only if". */
function describeDays({ dayFields }: CronExpression, sentence: string): string {
  return sentence.replace(', and on ', dayFields === 'either' ? ', or on ' : ', but only on ');
}

/** For what cronstrue has no words for: `H`, and lists of `W`. */
function describeFields({ texts, isHashed }: CronExpression): string {
  const parts = CRON_FIELDS.map((field) => describeField(field, texts[field.name])).filter(
    (part) => part !== '',
  );
  const note = isHashed ? '; H is a value of this schedule’s own that never changes' : '';
  return `At ${parts.join(', ')}${note}`;
}

function describeField({ name, label }: CronField, text: string): string {
  if (text === '*') return name === 'hour' || name === 'minute' ? `every ${label}` : '';
  return text === '?' || (name === 'second' && text === '0') ? '' : `${label} ${text}`;
}

function describeInstant(instant: Date, timezone: string): string {
  return `${localTimeAt(instant.getTime(), timezone).local.replace('T', ' ')} (${timezone})`;
}

const UNITS = [
  { name: 'day', seconds: 86_400 },
  { name: 'hour', seconds: 3_600 },
  { name: 'minute', seconds: 60 },
  { name: 'second', seconds: 1 },
];

/** "5 minutes", "1 hour 30 minutes"; "hour" alone for one of them. */
function describeDuration(durationSeconds: number): string {
  let rest = durationSeconds;
  const parts: string[] = [];
  for (const unit of UNITS) {
    const count = Math.floor(rest / unit.seconds);
    rest -= count * unit.seconds;
    if (count > 0) parts.push(`${count} ${unit.name}${count === 1 ? '' : 's'}`);
  }
  return parts.length === 1 ? parts[0]!.replace(/^1 /, '') : parts.join(' ');
}
