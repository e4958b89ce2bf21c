import { type Request } from 'express';

/** A request whose body nobody reads; Node throws away what arrives of it once the answer is out. */
interface UnreadRequest extends Request {
  bodyStaysUnread?: true;
}

/** Call before `jsonBody` gets the request. */
export function leaveBodyUnread(request: UnreadRequest): void {
  request.bodyStaysUnread = true;
}

export function staysUnread(request: UnreadRequest): boolean {
  return request.bodyStaysUnread === true;
}
