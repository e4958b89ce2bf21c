import { cursorOf } from '@app/platform/http';
import { validationProblem } from '@app/platform/problem';

export const LOG_CURSOR = cursorOf('logs', ['integer']);

const BEFORE_FIRST = -1;
const MAX_SEQ = 2_147_483_647;

/** The line to go on after: none without a cursor. @throws ProblemError at `/cursor` */
export function seqOfCursor(cursor: string | undefined): number {
  const [seq = BEFORE_FIRST] = LOG_CURSOR.read(cursor) ?? [];
  return Math.min(seq, MAX_SEQ);
}

/** The line that the client has seen last. @throws ProblemError for an id that is not of this stream */
export function seqOfEventId(eventId: string): number {
  const seq = /^\d{1,10}$/.test(eventId) ? Number(eventId) : NaN;
  if (seq <= MAX_SEQ) return seq;
  const detail = 'Last-Event-ID must be the id of an event of this stream';
  throw validationProblem([{ pointer: '/Last-Event-ID', code: 'invalid_event_id', detail }]);
}
