import { type Express } from 'express';
import { IncomingMessage, ServerResponse, type ServerOptions } from 'node:http';

/**
 * Classes for a server to make this app's requests and responses from, so that they are born with Express' prototypes. It would
 * give them to each request, and an object whose prototype was changed is one that V8 no longer optimises: all that touches it
 * was two to three times slower. Where a prototype already is the one to set, nothing is changed.
 *
 * @see https://github.com/expressjs/express/issues/5998
 */
export function messageClassesFor(app: Express): Pick<ServerOptions, 'IncomingMessage' | 'ServerResponse'> {
  class ExpressRequest extends IncomingMessage {}
  class ExpressResponse extends ServerResponse {}
  app.request = Object.setPrototypeOf(ExpressRequest.prototype, app.request) as typeof app.request;
  app.response = Object.setPrototypeOf(ExpressResponse.prototype, app.response) as typeof app.response;
  return {
    IncomingMessage: ExpressRequest,
    ServerResponse: ExpressResponse as NonNullable<ServerOptions['ServerResponse']>,
  };
}
