import { type AppConfig } from '@app/platform/config';
import { currentRequestId } from '@app/platform/request-context';
import { type LoggerService } from '@nestjs/common';
import { type DestinationStream, pino, stdTimeFunctions } from 'pino';
import { CONTROL_BEYOND_ASCII, escaped } from './control-characters.js';
import { PinoLogger } from './pino-logger.js';
import { textLine } from './text-line.js';

type LoggingConfig = Pick<AppConfig, 'logLevel' | 'logFormat' | 'service'>;

/** The logger of a process: JSON lines, or lines for people. Hand it to `NestFactory.create`. */
export function createLogger(
  config: LoggingConfig,
  output: DestinationStream = process.stdout,
): LoggerService {
  const { name, version } = config.service;
  const options = {
    level: config.logLevel.toLowerCase(),
    base: { app: name, version, pid: process.pid },
    messageKey: 'message',
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label.toUpperCase() }) },
    mixin: contextFields,
  };
  const destination = config.logFormat === 'json' ? inJson(output) : inText(output);
  return new PinoLogger(pino(options, destination));
}

/** Every line written while a request is answered carries its id. A new object each time: pino writes into it. */
function contextFields(): object {
  const requestId = currentRequestId();
  return requestId === null ? {} : { requestId };
}

/** JSON escapes what moves a cursor in ASCII; the same characters beyond it would get through to a terminal. */
function inJson(output: DestinationStream): DestinationStream {
  return { write: (json) => output.write(json.replace(CONTROL_BEYOND_ASCII, escaped)) };
}

function inText(output: DestinationStream): DestinationStream {
  return { write: (json) => output.write(textLine(json)) };
}
