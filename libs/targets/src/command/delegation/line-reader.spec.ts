import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aContext } from '../../testing/a-run.js';
import { LineReader, ProtocolFault } from './line-reader.js';
import { lineOf, lineOfRun } from './messages.js';
import { readAnswer } from './answers.js';
import { readRequest } from './requests.js';

const anyText = fc.string({ unit: 'binary' });

/** The same bytes in pieces, cut anywhere, even between the bytes of a character. */
function pieces(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...places, bytes.length].map((end, at) => bytes.subarray(places[at - 1] ?? 0, end));
}

describe('LineReader', () => {
  it('gives back every message, whatever is in it and however the bytes are cut', () => {
    const logs = fc.array(fc.record({ stream: fc.constantFrom('stdout', 'stderr'), text: anyText }));
    fc.assert(
      fc.property(logs, fc.array(fc.nat()), (messages, cuts) => {
        const sent = messages.map((message) => ({ type: 'log', ...message }) as const);
        const reader = new LineReader(1_000_000);
        const bytes = Buffer.from(sent.map(lineOf).join(''));
        const received = pieces(bytes, cuts).flatMap((piece) => reader.push(piece).map(readAnswer));
        expect(received).toEqual(sent);
      }),
    );
  });

  it('takes lines up to its limit, and none beyond, ended or not', () => {
    fc.assert(
      fc.property(fc.nat(40), fc.boolean(), fc.array(fc.nat()), (length, isEnded, cuts) => {
        const reader = new LineReader(20);
        const bytes = Buffer.from('x'.repeat(length) + (isEnded ? '\n' : ''));
        const read = (): string[] => pieces(bytes, cuts).flatMap((piece) => reader.push(piece));
        if (length > 20) expect(read).toThrow(ProtocolFault);
        else expect(read()).toEqual(isEnded ? ['x'.repeat(length)] : []);
      }),
    );
  });
});

describe('what a runner is asked', () => {
  it('arrives as it was sent', () => {
    const targets = fc.record({
      type: fc.constant('command' as const),
      command: anyText,
      args: fc.array(anyText),
      env: fc.dictionary(anyText, anyText, { noNullPrototype: true }),
      stdin: fc.option(fc.jsonValue()),
    });
    fc.assert(
      fc.property(targets, anyText, (target, secret) => {
        const grants = { ...aContext().grants, secrets: new Map([['A', secret]]) };
        const request = readRequest(lineOfRun(target, aContext({ grants })).trimEnd());
        const { mayGoUncalled: _mayGoUncalled, now: _now, grants: _grants, ...told } = aContext();
        expect(JSON.parse(JSON.stringify({ target, told }))).toEqual(
          JSON.parse(JSON.stringify({ target: (request as { target: object }).target, told })),
        );
        expect(request).toMatchObject({
          context: { ...told, grants: { secrets: new Map([['0', secret]]) } },
        });
      }),
    );
  });

  it('is refused, and never breaks the reader, where it is anything else', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, fc.json()), (line) => {
        expect(() => readRequest(line)).toThrow(ProtocolFault);
        expect(() => readAnswer(line)).toThrow(ProtocolFault);
      }),
    );
  });

  const run = JSON.parse(lineOfRun({ type: 'command', command: 'x' }, aContext())) as {
    target: object;
    context: object;
  };

  it.each([
    ['no target', { target: null }],
    ['a target that is a call', { target: { ...run.target, type: 'http' } }],
    ['arguments that are no texts', { target: { ...run.target, args: [1] } }],
    ['an environment that is no texts', { target: { ...run.target, env: { A: {} } } }],
    ['no context', { context: undefined }],
    ['an attempt that is no number', { context: { ...run.context, attempt: '1' } }],
    ['parameters that are a list', { context: { ...run.context, parameters: [] } }],
    ['secrets that are none', { secrets: [{}] }],
  ])('is refused with %s', (_, change) => {
    expect(() => readRequest(JSON.stringify(run))).not.toThrow();
    expect(() => readRequest(JSON.stringify({ ...run, ...change }))).toThrow(ProtocolFault);
  });
});

describe('what a runner answers', () => {
  const result = { exitCode: 0, output: 'done', truncated: false };
  const answer = (outcome: object): unknown => readAnswer(JSON.stringify({ type: 'outcome', outcome }));

  it('is taken for what a command may come to, and nothing beside it', () => {
    const succeeded = { type: 'succeeded', result };
    expect(answer({ ...succeeded, result: { ...result, headers: { a: 'b' } }, more: 1 })).toEqual({
      type: 'outcome',
      outcome: succeeded,
    });
  });

  it.each([
    [
      'a run that went uncalled',
      { type: 'uncalled', retryInMs: 1e12, error: { type: 'a', message: 'b' }, result: null },
    ],
    ['a cause of a call', { type: 'failed', cause: 'network', error: { type: 'a', message: 'b' }, result }],
    ['more output than is kept', { type: 'succeeded', result: { ...result, output: 'x'.repeat(65_537) } }],
    ['an exit code that is none', { type: 'succeeded', result: { ...result, exitCode: 1e300 } }],
  ])('is refused as %s', (_, outcome) => {
    expect(() => answer(outcome)).toThrow(ProtocolFault);
  });
});
