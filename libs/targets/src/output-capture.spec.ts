import { describe, expect, it } from '@jest/globals';
import { OUTPUT_LIMIT_BYTES, OutputCapture, storableText, TextStream } from './output-capture.js';

function captured(...chunks: (string | Uint8Array)[]): ReturnType<OutputCapture['read']> {
  const capture = new OutputCapture();
  for (const chunk of chunks) capture.add(Buffer.from(chunk as string));
  return capture.read();
}

describe('OutputCapture', () => {
  it('keeps a short output whole', () => {
    expect(captured('hello ', '', 'wörld')).toEqual({ output: 'hello wörld', truncated: false });
  });

  it('keeps exactly 64 KB without calling it truncated', () => {
    const text = 'x'.repeat(OUTPUT_LIMIT_BYTES);
    expect(captured(text)).toEqual({ output: text, truncated: false });
    expect(captured(text, 'y')).toEqual({ output: text, truncated: true });
  });

  it('keeps the first 64 KB of many small chunks', () => {
    expect(captured(...Array<string>(70_000).fill('z'))).toEqual({
      output: 'z'.repeat(65_536),
      truncated: true,
    });
  });

  it('leaves out a character that the limit cuts in two', () => {
    const { output, truncated } = captured(`x${'€'.repeat(30_000)}`);
    expect(output).toBe(`x${'€'.repeat(21_845)}`); // 1 + 3 · 21 845 = 65 536
    expect(truncated).toBe(true);
    expect(captured(`xx${'€'.repeat(30_000)}`).output).toBe(`xx${'€'.repeat(21_844)}`);
  });

  it('joins a character that was split across chunks', () => {
    const [start, end] = [Buffer.from('€').subarray(0, 1), Buffer.from('€').subarray(1)];
    expect(captured(start, end).output).toBe('€');
  });

  it('makes binary storable and still keeps within 64 KB', () => {
    expect(captured(Buffer.from([0x61, 0x00, 0xff, 0x62])).output).toBe('a\uFFFD\uFFFDb');
    const { output, truncated } = captured(Buffer.alloc(OUTPUT_LIMIT_BYTES, 0xff));
    expect(Buffer.byteLength(output)).toBeLessThanOrEqual(OUTPUT_LIMIT_BYTES);
    expect(truncated).toBe(true);
  });
});

describe('TextStream', () => {
  it('gives a character that was split across chunks whole, and marks one that never ends', () => {
    const stream = new TextStream();
    const bytes = Buffer.from('€');
    expect([stream.decode(bytes.subarray(0, 2)), stream.decode(bytes.subarray(2))]).toEqual(['', '€']);
    expect([stream.decode(bytes.subarray(0, 2)), stream.end()]).toEqual(['', '\uFFFD']);
  });
});

describe('storableText', () => {
  it('replaces what Postgres refuses and nothing else', () => {
    expect(storableText('a\0b\uD800c😀')).toBe('a\uFFFDb\uFFFDc😀');
  });
});
