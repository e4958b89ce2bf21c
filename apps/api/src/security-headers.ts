import helmet from 'helmet';
import { type RequestHandler } from 'express';

/**
 * Helmet's headers. Its policy already lets Swagger UI work, except that browsers would be told to fetch everything by
 * HTTPS: whether there is any is for the proxy in front to know, and so is HSTS.
 */
export function securityHeaders(): RequestHandler {
  return helmet({
    contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } },
    strictTransportSecurity: false,
  });
}
