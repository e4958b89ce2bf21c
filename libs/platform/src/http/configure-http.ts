import { accessLog } from './access-log.middleware.js';
import { createValidationPipe, ProblemFilter } from '@app/platform/problem';
import { type NestExpressApplication } from '@nestjs/platform-express';
import { type RequestHandler } from 'express';
import { inOrder } from './in-order.js';
import { jsonBody } from './json-body/json-body.middleware.js';
import { requestContext } from './request-context.middleware.js';
import { UnaskedInputGuard } from './unasked-input.guard.js';
import { refuseFaultyUrl } from './url-faults.middleware.js';

/** `NestFactory.create` must get this: reading bodies is ours, in `configureHttp`. */
export const HTTP_APP_OPTIONS = { bodyParser: false } as const;

/**
 * What every HTTP answer of this service has in common, whichever app gives it; the app must be made with `HttpServerAdapter`, which
 * sends it. Call before `init` or `listen`.
 * @param admission turns strangers away before their bodies are read, or lets them read only
 */
export function configureHttp(app: NestExpressApplication, ...admission: RequestHandler[]): void {
  app.disable('x-powered-by');
  app.set('etag', false); // Only a version makes an entity tag; a hash of the text would be useless to If-Match.
  app.use(inOrder(requestContext, accessLog, ...admission, refuseFaultyUrl, jsonBody()));
  app.useGlobalGuards(new UnaskedInputGuard());
  app.useGlobalFilters(new ProblemFilter());
  app.useGlobalPipes(createValidationPipe());
}
