import type { LogUpdate } from './log-follower.js';
import { toLogLineResponse } from './log-line.response.js';

/** The id of the last event: a browser that comes back with it is told by a 204 that there is no more. */
export const END_EVENT_ID = 'end';
const RECONNECT_AFTER_MS = 1_000;

/** Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). An id resumes the stream. */
export async function* toEvents(updates: AsyncIterable<LogUpdate>): AsyncGenerator<string> {
  // Sent at once, so that the client sees the answer begin before there is anything to say.
  yield `retry: ${RECONNECT_AFTER_MS}\n\n`;
  for await (const update of updates) yield toEvent(update);
}

function toEvent(update: LogUpdate): string {
  switch (update.type) {
    case 'line':
      return event(String(update.line.seq), 'log', toLogLineResponse(update.line));
    case 'alive':
      return ': alive\n\n';
    case 'end':
      return event(END_EVENT_ID, 'end', { state: update.state });
  }
}

/** JSON text has no line breaks, which would end the field. */
function event(id: string, name: string, data: unknown): string {
  return `id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
