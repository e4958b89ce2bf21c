const SPACE = /[ \t\n\r]*/y;
/** Text, and then an escape with text any number of times: a repetition of repetitions would try 2ⁿ ways to part n letters. */
const STRING = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})[^"\\\u0000-\u001f]*)*"/y;
const SCALAR = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-])/y;

type Expected = 'value' | 'value-or-close' | 'key' | 'key-or-close' | 'colon' | 'comma-or-close';

/**
 * Where a text stops being JSON. `JSON.parse` names the place in some of its messages only, and differently from one
 * version of Node to the next. Only ever called with a text that did not parse.
 */
export function jsonFaultOffset(text: string): number {
  const open: string[] = [];
  let expected: Expected = 'value';
  let offset = skip(SPACE, text, 0);
  while (offset < text.length) {
    const step = advance(text, offset, expected, open);
    if (step === null) return offset;
    expected = step.expected;
    offset = skip(SPACE, text, step.offset);
  }
  return offset;
}

/** Takes one token; `null` when it is not one of those expected. Keeps the brackets still open in `open`. */
function advance(
  text: string,
  offset: number,
  expected: Expected,
  open: string[],
): { offset: number; expected: Expected } | null {
  const char = text.charAt(offset);
  if (expected.endsWith('close') && char !== '' && char === open.at(-1)) {
    open.pop();
    return { offset: offset + 1, expected: 'comma-or-close' };
  }
  if (expected.startsWith('key')) return after(skip(STRING, text, offset), offset, 'colon');
  if (expected === 'colon') return char === ':' ? { offset: offset + 1, expected: 'value' } : null;
  if (expected === 'comma-or-close') return afterComma(char, offset, open);
  if (char === '{' || char === '[') {
    open.push(char === '{' ? '}' : ']');
    return { offset: offset + 1, expected: char === '{' ? 'key-or-close' : 'value-or-close' };
  }
  return after(skip(char === '"' ? STRING : SCALAR, text, offset), offset, 'comma-or-close');
}

function afterComma(
  char: string,
  offset: number,
  open: string[],
): { offset: number; expected: Expected } | null {
  if (char !== ',' || open.length === 0) return null;
  return { offset: offset + 1, expected: open.at(-1) === '}' ? 'key' : 'value' };
}

function after(
  end: number,
  start: number,
  expected: Expected,
): { offset: number; expected: Expected } | null {
  return end > start ? { offset: end, expected } : null;
}

/** The offset behind the token, or `offset` itself when there is none. */
function skip(token: RegExp, text: string, offset: number): number {
  token.lastIndex = offset;
  return token.test(text) ? token.lastIndex : offset;
}
