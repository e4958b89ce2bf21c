import { type LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type NestExpressApplication } from '@nestjs/platform-express';
import { Admission } from '@app/access';
import { measureHttp } from '@app/metrics';
import { AppConfig } from '@app/platform/config';
import { configureHttp, HTTP_APP_OPTIONS } from '@app/platform/http';
import { type Server } from 'node:http';
import { ApiModule } from './api.module.js';
import { serveDocument } from './openapi/serve-document.js';
import { securityHeaders } from './security-headers.js';

/** A slow sender holds a socket and nothing else; these bound for how long. Bodies are at most 1 MB. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** Longer than the 60 s after which load balancers drop idle connections, so that the closing side is theirs. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;

/** The api, ready to listen. @throws what keeps it from starting, such as a ConfigError */
export async function createApiApp(logger: LoggerService): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(ApiModule, {
    ...HTTP_APP_OPTIONS,
    logger,
    abortOnError: false,
  });
  app.use(measureHttp, securityHeaders());
  app.set('trust proxy', app.get(AppConfig).trustProxy);
  configureHttp(app, app.get(Admission, { strict: false }).middleware);
  serveDocument(app);
  setTimeouts(app.getHttpServer());
  app.enableShutdownHooks();
  return app;
}

function setTimeouts(server: Server): void {
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
}
