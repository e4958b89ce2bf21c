import { type AppConfig } from '@app/platform/config';
import { currentRequestId } from '@app/platform/request-context';
import { type LoggerService } from '@nestjs/common';
import { type DestinationStream, pino, stdTimeFunctions } from 'pino';
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
    base: { service: name, version, pid: process.pid },
    messageKey: 'message',
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label.toUpperCase() }) },
    mixin: requestFields,
  };
  const destination = config.logFormat === 'json' ? output : inText(output);
  return new PinoLogger(pino(options, destination));
}

/** Every line written while a request is answered carries its id. */
function requestFields(): object {
  const requestId = currentRequestId();
  return requestId === null ? {} : { requestId };
}

function inText(output: DestinationStream): DestinationStream {
  return { write: (json) => output.write(textLine(json)) };
}
