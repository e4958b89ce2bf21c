import { type LoggerService } from '@nestjs/common';
import { type Level, type Logger } from 'pino';
import { withoutSecrets, withoutSecretText } from './secrets.js';

/** Nest reports every module and route it sets up: a hundred lines at each start that only its debugging needs. */
const BOOT_CONTEXTS = new Set<unknown>([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);

/**
 * Nest's logger on pino. Besides a message it takes what Nest passes along (a context as last text, a stack after an
 * error) and objects, whose members become fields: `logger.log('fired', { count: 3 })`.
 */
export class PinoLogger implements LoggerService {
  constructor(private readonly pino: Logger) {}

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  log(message: unknown, ...rest: unknown[]): void {
    const isBootNoise = BOOT_CONTEXTS.has(rest.at(-1));
    this.write(isBootNoise ? 'debug' : 'info', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  private write(level: Level, message: unknown, rest: readonly unknown[]): void {
    if (!this.pino.isLevelEnabled(level)) return;
    const { text, fields } = lineOf(message, rest);
    this.pino[level](fields, text);
  }
}

function lineOf(
  message: unknown,
  rest: readonly unknown[],
): { text: string; fields: Record<string, unknown> } {
  const texts = rest.filter((part): part is string => typeof part === 'string');
  const context = texts.at(-1);
  const parts = [message, ...rest];
  const stack = texts.slice(0, -1).find(isStack) ?? parts.find((part) => part instanceof Error)?.stack;
  const objects = parts.filter(
    (part) => typeof part === 'object' && part !== null && !(part instanceof Error),
  );
  const fields = withoutSecrets(Object.assign({}, ...objects)) as Record<string, unknown>;
  if (context !== undefined && !isStack(context)) fields['context'] = context;
  if (stack !== undefined) fields['stack'] = withoutSecretText(stack);
  return { text: withoutSecretText(textOf(message)), fields };
}

function textOf(message: unknown): string {
  if (message instanceof Error) return message.message;
  return typeof message === 'object' && message !== null ? '' : String(message);
}

/** One line's indentation, and not all white space: many empty lines would be read anew from each of them. */
function isStack(text: string): boolean {
  return /\n[^\S\n]+at /.test(text);
}
