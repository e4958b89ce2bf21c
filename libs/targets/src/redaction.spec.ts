import { describe, expect, it } from '@jest/globals';
import { Redaction } from './redaction.js';

const SECRET = 'hunter2/&"é\\$&';

/** What comes out if the bytes arrive in chunks of this size. */
function inChunks(redaction: Redaction, text: string, size: number): string {
  const stream = redaction.stream();
  const bytes = Buffer.from(text);
  const out: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) out.push(stream.push(bytes.subarray(at, at + size)));
  return Buffer.concat([...out, stream.end()]).toString();
}

describe('Redaction', () => {
  it.each([
    ['as it is', SECRET],
    ['percent-encoded', encodeURIComponent(SECRET)],
    ['percent-encoded in a path', 'hunter2/%26%22%C3%A9%5C%24%26'],
    ['in a form', new URLSearchParams({ x: SECRET }).toString().slice(2)],
    ['inside JSON', JSON.stringify({ SECRET }).slice(11, -2)],
    ['in base64', Buffer.from(SECRET).toString('base64')],
    ['in base64 for URLs', Buffer.from(SECRET).toString('base64url')],
  ])('blots a secret %s, however its bytes are cut', (_, form) => {
    const redaction = new Redaction([SECRET]);
    for (const size of [1, 2, 3, 5, 1000]) {
      const out = inChunks(redaction, `a ${form}${form} b ${form}`, size);
      expect(out.replace(/=+/g, '')).toBe('a [redacted][redacted] b [redacted]');
    }
  });

  it('leaves all else as it was, also what only begins like a secret', () => {
    const redaction = new Redaction(['abcdefgh', 'abcxyzuv']);
    const text = 'abcdefg abc abcxyz é\n' + 'abc'.repeat(100);
    for (const size of [1, 3, 7, 1000]) expect(inChunks(redaction, text, size)).toBe(text);
  });

  it('takes the longer of two secrets that begin alike, and finds one right behind another', () => {
    const redaction = new Redaction(['password', 'password-long']);
    expect(redaction.text('password-long password passwordpassword')).toBe(
      '[redacted] [redacted] [redacted][redacted]',
    );
  });

  it('blots the lines of a key file singly', () => {
    const key = `-----BEGIN KEY-----\n${'A'.repeat(64)}\n${'B'.repeat(64)}\n--END--\n`;
    const out = new Redaction([key]).text(`line ${'A'.repeat(64)} and ${'B'.repeat(64)}`);
    expect(out).toBe('line [redacted] and [redacted]');
  });

  it('shows no end of the longer of two that begin alike, however its bytes are cut', () => {
    const key = `${'A'.repeat(20)}\nshort\n${'B'.repeat(20)}`;
    const redaction = new Redaction(['password', 'password-long', key]);
    for (const size of [1, 2, 5, 21, 1000]) {
      expect(inChunks(redaction, `${key} password-long password`, size)).toBe(
        '[redacted] [redacted] [redacted]',
      );
    }
  });

  it('blots a secret of 900 lines as a whole in every form, and its longest lines by themselves', () => {
    const lines = Array.from(
      { length: 900 },
      (_, at) => `${'long'.repeat(at % 5)} a line of a secret, ${at}`,
    );
    const secret = lines.join('\n');
    const redaction = new Redaction([secret]);
    const forms = [
      secret,
      encodeURIComponent(secret),
      JSON.stringify(secret),
      Buffer.from(secret).toString('base64'),
    ];
    for (const form of forms) expect(inChunks(redaction, form, 10_000)).toMatch(/^"?\[redacted\][="]*$/);
    expect(redaction.text(`${lines[4]} and ${lines[899]}`)).toBe('[redacted] and [redacted]');
  });

  it('reads 1 MB for 20 secrets of 900 lines in little time', () => {
    const secrets = Array.from({ length: 20 }, (_, secret) =>
      Array.from({ length: 900 }, (_, line) => `aaaaaaaa-${secret}-${line}-x`.padEnd(17, 'x')).join('\n'),
    );
    const redaction = new Redaction(secrets);
    const text = 'aaaaaaa '.repeat(131_072);
    const startedAt = performance.now();
    expect(inChunks(redaction, text, 65_536)).toBe(text);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  it('reads a secret that comes byte by byte in the time that its length takes', () => {
    const secrets = Array.from({ length: 20 }, (_, index) => `${'ab'.repeat(8_000)}${index}`);
    const text = 'ab'.repeat(7_990);
    const startedAt = performance.now();
    expect(inChunks(new Redaction(secrets), text, 1)).toBe(text);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  it('drops what may be most of a secret where the bytes break off, and nothing else', () => {
    for (const pieceBytes of [0, 1_000]) {
      const stream = new Redaction(['secretvalue']).stream(pieceBytes);
      const said = [stream.push(Buffer.from('a secretvalue and a sec')), stream.push(Buffer.from('retval'))];
      expect(Buffer.concat([...said, stream.breakOff()]).toString()).toBe('a [redacted] and a ');
    }
  });

  it('is made once for the secrets of a run', () => {
    const secrets = new Map([['S', 'secretvalue']]);
    expect(Redaction.of(secrets)).toBe(Redaction.of(secrets));
    expect(Redaction.of(new Map([['S', 'othervalue']])).text('secretvalue othervalue')).toBe(
      'secretvalue [redacted]',
    );
  });

  it.each(['a', 'ab', 'aaaaaaab', '%61'])('reads 4 MB of %j in the time that its length takes', (piece) => {
    const half = 'a'.repeat(8_191);
    const redaction = new Redaction([`${half}b${half}`, `${'ab'.repeat(4_000)}b${'ab'.repeat(4_000)}`]);
    const text = piece.repeat(4_000_000 / piece.length);
    const startedAt = performance.now();
    expect(inChunks(redaction, text, 65_536)).toBe(text);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });

  it('holds nothing back but what may be the beginning of a secret', () => {
    const stream = new Redaction(['secretvalue']).stream();
    expect(Buffer.from(stream.push(Buffer.from('progress: 10%\nse'))).toString()).toBe('progress: 10%\n');
    expect(Buffer.from(stream.push(Buffer.from('ven'))).toString()).toBe('seven');
  });
});
