import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { OUTPUT_LIMIT_BYTES } from '../output-capture.js';
import { RedactedStream } from '../redacted-stream.js';
import { Redaction } from '../redaction.js';
import type { LogSink } from '../runner.js';
import { OutputChannel } from './output-channel.js';

/** Takes some characters, and says when it has them. */
class ShortLog implements LogSink {
  text = '';

  constructor(private readonly limit: number) {}

  get hasEnough(): boolean {
    return this.text.length > this.limit;
  }

  write(_stream: string, text: string): void {
    this.text += text;
  }
}

describe("a command's stream", () => {
  afterEach(() => void jest.restoreAllMocks());

  it('is searched for secrets as long as it is kept or logged, and no longer', () => {
    const searched = jest.spyOn(RedactedStream.prototype, 'push');
    const redaction = new Redaction(['secretvalue']);
    const log = new ShortLog(300_000);
    const channel = new OutputChannel(redaction.stream(), 'stdout', redaction.log(log));
    const chunk = Buffer.from('x'.repeat(9_989) + 'secretvalue');
    for (let at = 0; at < 100; at += 1) void channel.add(chunk);
    channel.end(false);
    const isOfChannel = ([bytes]: [Uint8Array]): boolean => bytes === chunk;
    expect(searched.mock.calls.filter(isOfChannel)).toHaveLength(31); // 9,999 characters each
    expect(log.text).toBe(`${'x'.repeat(9_989)}[redacted]`.repeat(31));
    const { output, truncated } = channel.read();
    expect(output).toBe(log.text.slice(0, OUTPUT_LIMIT_BYTES));
    expect(truncated).toBe(true);
  });

  it('is searched on for what is kept, though its log has enough', () => {
    const channel = new OutputChannel(new Redaction(['secretvalue']).stream(), 'stdout', new ShortLog(-1));
    for (const text of ['a sec', 'retvalue ', 'b']) void channel.add(Buffer.from(text));
    channel.end(false);
    expect(channel.read()).toEqual({ output: 'a [redacted] b', truncated: false });
  });
});
