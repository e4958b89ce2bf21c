import { type LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type NestExpressApplication } from '@nestjs/platform-express';
import { Admission } from '@app/access';
import { measureHttp } from '@app/metrics';
import { AppConfig } from '@app/platform/config';
import {
  configureHttp,
  HTTP_APP_OPTIONS,
  HttpServerAdapter,
  IF_MATCH_REQUIRED,
  inOrder,
} from '@app/platform/http';
import { DrainState } from '@app/platform/health';
import { ApiModule } from './api.module.js';
import { serveDocument } from './openapi/serve-document.js';
import { sendAwayWhileDraining } from './send-away-while-draining.js';
import { securityHeaders } from './security-headers.js';

/** The api, ready to listen. @throws what keeps it from starting, such as a ConfigError */
export async function createApiApp(logger: LoggerService): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(ApiModule, new HttpServerAdapter(), {
    ...HTTP_APP_OPTIONS,
    logger,
    abortOnError: false,
  });
  const sendAway = sendAwayWhileDraining(app.get(DrainState, { strict: false }));
  app.use(inOrder(measureHttp, securityHeaders(), sendAway));
  const { trustProxy, ifMatchRequired } = app.get(AppConfig);
  app.set('trust proxy', trustProxy);
  app.set(IF_MATCH_REQUIRED, ifMatchRequired);
  configureHttp(app, app.get(Admission, { strict: false }).middleware);
  serveDocument(app);
  app.enableShutdownHooks();
  return app;
}
