import { getSchemaPath } from '@nestjs/swagger';
import { LogLineResponse } from './log-line.response.js';

export const LAST_EVENT_ID = {
  name: 'Last-Event-ID',
  required: false,
  description: 'Resumes the stream after this event.',
  schema: { type: 'string' },
};

const PAGE = {
  type: 'object',
  required: ['items', 'nextCursor'],
  properties: {
    items: { type: 'array', items: { $ref: getSchemaPath(LogLineResponse) } },
    nextCursor: { type: ['string', 'null'] as never },
  },
};

const EVENTS = [
  'id: 1000000',
  'event: log',
  'data: {"seq":1000000,"attempt":1,"stream":"stdout","at":"2026-01-31T12:00:00.000Z","text":"hello\\n"}',
  '',
  'id: end',
  'event: end',
  'data: {"state":"succeeded"}',
  '',
  '',
].join('\n');

export const LOGS_AS_PAGE_OR_STREAM = {
  description:
    'One page, oldest line first; or the stream: an event `log` for each line, then one event `end` with the final state.',
  content: {
    'application/json': { schema: PAGE },
    'text/event-stream': { schema: { type: 'string' }, example: EVENTS },
  },
};
