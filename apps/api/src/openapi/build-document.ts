import { type INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { applyAccess, describeCredentials } from './access.js';
import { applyAnswerHeaders } from './answer-headers.js';
import { applyMergePatchSchemas } from './merge-patch-schemas.js';
import { applyParameters } from './parameters.js';
import { applyProblemResponses } from './problem-responses.js';
import { applyStoredSchemas } from './stored-schemas.js';

const DESCRIPTION = `Runs HTTP calls and commands when they are due: by cron expression, at an interval, or once.

Times are RFC 3339 in UTC with milliseconds, ids are UUIDv7. Errors are \`application/problem+json\` (RFC 9457). Every POST
takes an \`Idempotency-Key\`; resources with a \`version\` have an \`ETag\` that \`If-Match\` takes.`;

/** The OpenAPI 3.1 document of the api; operation ids are the names of the methods. */
export function buildDocument(app: INestApplication, version: string): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Job Scheduler')
    .setDescription(DESCRIPTION)
    .setVersion(version)
    .setLicense('MIT', 'https://opensource.org/license/mit');
  const document = SwaggerModule.createDocument(app, describeCredentials(builder).build(), {
    operationIdFactory: (_controller, method) => method,
  });
  applyMergePatchSchemas(document);
  applyStoredSchemas(document);
  applyAccess(document);
  applyProblemResponses(document);
  applyParameters(document);
  applyAnswerHeaders(document);
  return document;
}
