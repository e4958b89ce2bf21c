import { CONTROL, escaped } from './control-characters.js';

interface LogRecord {
  readonly time: string;
  readonly level: string;
  readonly message: string;
  readonly context?: string;
  readonly requestId?: string;
  readonly stack?: string;
  readonly [field: string]: unknown;
}

/** A record as one line for people: `10:21:25.123 INFO  [Scheduler] fired 3 requestId=…`, a stack indented below. */
export function textLine(json: string): string {
  const { time, level, message, context, stack, ...fields } = JSON.parse(json) as LogRecord;
  const { app: _app, version: _version, pid: _pid, ...shown } = fields;
  const place = context === undefined ? '' : `[${visible(context)}] `;
  const pairs = Object.entries(shown).map(([key, value]) => ` ${key}=${valueText(value)}`);
  const below =
    stack === undefined
      ? ''
      : `\n${stack
          .split('\n')
          .map((line) => `    ${visible(line)}`)
          .join('\n')}`;
  return `${time.slice(11, 23)} ${level.padEnd(5)} ${place}${visible(message)}${pairs.join('')}${below}\n`;
}

function valueText(value: unknown): string {
  const isBare = typeof value === 'string' && /^[\w.:/@+-]+$/.test(value);
  return isBare ? value : visible(JSON.stringify(value));
}

/** Control characters as escapes: what a caller sent must not move the cursor, start a line or ring a bell. */
function visible(text: string): string {
  return text.replace(CONTROL, escaped);
}
