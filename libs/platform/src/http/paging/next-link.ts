import { type Response } from 'express';

/** Sets `Link: <…>; rel="next"` (RFC 8288) on an answer with a `nextCursor`, so that clients need build no URL. */
export function setNextLink(response: Response, body: object): void {
  if (!('nextCursor' in body) || typeof body.nextCursor !== 'string') return;
  const [path = '', ...query] = response.req.originalUrl.split('?');
  const parameters = new URLSearchParams(query.join('?')); // a question mark may stand in a query
  parameters.set('cursor', body.nextCursor);
  response.append('Link', `<${path}?${parameters.toString()}>; rel="next"`);
}
