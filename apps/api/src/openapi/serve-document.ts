import { type NestExpressApplication } from '@nestjs/platform-express';
import { SwaggerModule } from '@nestjs/swagger';
import { AppConfig } from '@app/platform/config';
import { buildDocument } from './build-document.js';

/** `/openapi.json`, and Swagger UI at `/docs` with "Try it out" against this very server. */
export function serveDocument(app: NestExpressApplication): void {
  const document = buildDocument(app, app.get(AppConfig).service.version);
  SwaggerModule.setup('docs', app, document, {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: 'Job Scheduler',
    swaggerOptions: { tryItOutEnabled: true, displayRequestDuration: true },
  });
}
