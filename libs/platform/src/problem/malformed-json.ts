import { jsonFaultOffset } from './json-fault-offset.js';
import { ProblemError } from './problem-error.js';

/** Names the place where a text stops being JSON. */
export function malformedJson(text: string): ProblemError {
  return malformedBody('malformed_json', describeFault(text));
}

/** A body that cannot be read at all: the fault is that of the whole. */
export function malformedBody(code: string, detail: string): ProblemError {
  return new ProblemError('invalid', code, detail, [{ pointer: '', code, detail }]);
}

function describeFault(text: string): string {
  const offset = jsonFaultOffset(text);
  if (offset >= text.length) return 'The body ends before its JSON does.';
  const before = text.slice(0, offset).split('\n');
  const column = (before.at(-1) ?? '').length + 1;
  return `The body is not JSON: unexpected ${JSON.stringify(text[offset])} at line ${before.length}, column ${column}.`;
}
