import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type Request, type Response } from 'express';

const MAX_WAIT_SECONDS = 60;

/**
 * Seconds that `Prefer: wait=N` (RFC 7240) asks to wait for the outcome, at most 60; `null` without it. A handler that
 * takes this parameter honours it, so the answer says so in `Preference-Applied`. Type the parameter `number | null`.
 */
export const PreferWait = createParamDecorator((_data: unknown, context: ExecutionContext) => {
  const http = context.switchToHttp();
  const seconds = parsePreferWait(http.getRequest<Request>().get('Prefer'));
  if (seconds !== null) http.getResponse<Response>().set('Preference-Applied', `wait=${seconds}`);
  return seconds;
});

/** A preference that cannot be understood is ignored, as the RFC wants it. */
export function parsePreferWait(header: string | undefined): number | null {
  const waits = (header ?? '')
    .split(',')
    .map((preference) => /^\s*wait\s*=\s*"?(\d+)"?\s*(?:;.*)?$/i.exec(preference));
  const first = waits.find((match) => match !== null);
  return first ? Math.min(Number(first[1]), MAX_WAIT_SECONDS) : null;
}
