import { pointerTo, ProblemError, shownKey, validationProblem } from '@app/platform/problem';
import { type NextFunction, type Request, type Response } from 'express';

/** Node's parser leaves out the 1,001st parameter silently; none of our routes has more than a dozen. */
const MAX_PARAMETERS = 100;

/**
 * A query that is not what was meant: Node's parser takes `%zz` as it stands and `%ff` for U+FFFD. NUL is in no text that
 * Postgres can store, so that nothing of ours is found by it.
 */
export function refuseFaultyUrl(request: Request, _response: Response, next: NextFunction): void {
  const mark = request.url.indexOf('?');
  const query = mark < 0 ? '' : request.url.slice(mark + 1);
  if (query.split('&', MAX_PARAMETERS + 1).length > MAX_PARAMETERS) return next(tooManyParameters());
  if (!isEncoded(query)) return next(malformedQuery(query));
  next(query.includes('%00') ? nulIn(query) : undefined);
}

function isEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function nulIn(query: string): ProblemError {
  const [name = ''] = [...new URLSearchParams(query)].find((pair) => pair.join('').includes('\0')) ?? [];
  const detail = `${shownKey(name)} must not contain the NUL character`;
  return validationProblem([{ pointer: pointerTo('', name), code: 'invalid_text', detail }]);
}

function tooManyParameters(): ProblemError {
  const detail = `The query has more than ${MAX_PARAMETERS} parameters.`;
  const code = 'too_many_parameters';
  return new ProblemError('invalid', code, detail, [{ pointer: '', code, detail }]);
}

/** Names each parameter by its name, or as it stands where that is what cannot be read. */
function malformedQuery(query: string): ProblemError {
  const detail = 'has a percent sign that does not stand before two hexadecimal digits of UTF-8';
  const faulty = query.split('&').filter((pair) => !isEncoded(pair));
  const errors = faulty.map((pair) => {
    const name = nameOf(pair);
    return { pointer: pointerTo('', name), code: 'malformed_text', detail: `${shownKey(name)} ${detail}` };
  });
  return new ProblemError('invalid', 'malformed_url', `The query ${detail}.`, errors);
}

function nameOf(pair: string): string {
  const [name = ''] = pair.split('=', 1);
  return isEncoded(name) ? decodeURIComponent(name.replaceAll('+', ' ')) : name;
}
