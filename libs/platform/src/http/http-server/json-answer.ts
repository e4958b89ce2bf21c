import { type Response } from 'express';

/** A plain object or a list: what our handlers answer. */
export function isPlain(body: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(body);
  return prototype === Object.prototype || Array.isArray(body);
}

/**
 * What Express' `json` does in the end. On its way it asks for settings that nobody sets, compares entity tags once more and
 * copies the text: a tenth of a read's time in Node.
 */
export function sendJson(response: Response, body: object): void {
  const text = JSON.stringify(body);
  if (!response.hasHeader('Content-Type'))
    response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.setHeader('Content-Length', Buffer.byteLength(text));
  response.end(text);
}
