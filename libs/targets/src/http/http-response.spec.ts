import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { Dispatcher } from 'undici';
import { OUTPUT_LIMIT_BYTES } from '../output-capture.js';
import { RedactedStream } from '../redacted-stream.js';
import { Redaction } from '../redaction.js';
import { type HttpAnswer, readResponse } from './http-response.js';

const CHUNK_BYTES = 16 * 1024;
const SECRET = 'secretvalue'.repeat(10);

/** What is kept of an answer that comes in chunks. */
function answerOf(text: string): Promise<HttpAnswer> {
  const body = async function* (): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < text.length; at += CHUNK_BYTES) yield Buffer.from(text.slice(at, at + CHUNK_BYTES));
  };
  const response = { statusCode: 200, headers: {}, body: body() } as unknown as Dispatcher.ResponseData;
  return readResponse(response, new Redaction([SECRET]));
}

describe('an answer', () => {
  afterEach(() => void jest.restoreAllMocks());

  it('is not searched for secrets beyond what is kept of it', async () => {
    const searched = jest.spyOn(RedactedStream.prototype, 'push');
    const { result } = await answerOf('x'.repeat(1024 * 1024));
    const bytes = searched.mock.calls.reduce((sum, [chunk]) => sum + chunk.length, 0);
    expect(bytes).toBe(OUTPUT_LIMIT_BYTES + CHUNK_BYTES);
    expect(result).toMatchObject({ output: 'x'.repeat(OUTPUT_LIMIT_BYTES), truncated: true });
  });

  it.each([1, 2, 9, 10, 11, 50, 109, 110])(
    'shows nothing of a secret that begins %i bytes before the end of what is kept',
    async (bytesBefore) => {
      const before = 'x'.repeat(OUTPUT_LIMIT_BYTES - bytesBefore);
      const { result } = await answerOf(before + SECRET + 'y'.repeat(100_000));
      expect(result.output).toBe(`${before}[redacted]${'y'.repeat(200)}`.slice(0, OUTPUT_LIMIT_BYTES));
      expect(result.truncated).toBe(true);
    },
  );
});
