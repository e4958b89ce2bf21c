import type { Request } from 'express';
import { foreignHost, foreignOrigin } from './access.errors.js';

/**
 * Names that nobody else can make resolve to this machine: addresses, and what RFC 6761 keeps for the machine itself. HOST
 * is one of them, since without access control the api starts on no other.
 */
const OWN_NAME = /^(localhost|[a-z0-9.-]+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/;
const PORT = /:\d*$/;
const SCHEME = /^https?:\/\//;

/**
 * Without access control, any page that a browser on this machine shows could act as the person in front of it. A page that
 * has its own name resolve to this machine is given away by `Host`; one that sends to us from another site, by `Origin`, or
 * by `Sec-Fetch-Site` where there is no `Origin`. Other programs send neither of the two.
 * @throws ProblemError `foreign_host`, `foreign_origin`
 */
export function refuseForeignPages(request: Request): void {
  const host = (request.get('Host') ?? '').toLowerCase();
  if (!OWN_NAME.test(host.replace(PORT, ''))) throw foreignHost(host);
  const origin = request.get('Origin')?.toLowerCase().replace(SCHEME, '');
  const isOfAnother = origin !== undefined && origin !== host;
  const isForeign = request.get('Sec-Fetch-Site') === 'cross-site' && !isLink(request);
  if (isOfAnother || isForeign) throw foreignOrigin();
}

/** The answer to a link is seen by the person who follows it, and not by the page that has it. */
function isLink(request: Request): boolean {
  return request.method === 'GET' && request.get('Sec-Fetch-Mode') === 'navigate';
}
