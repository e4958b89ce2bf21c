import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { type Envelope, type EnvelopeChance, open, rewrap, seal, UnreadableEnvelope } from './envelope.js';

const OLD = { id: 'old', key: randomBytes(32) };
const NEW = { id: 'new', key: randomBytes(32) };
const OWNER = ['secret', 'billing', 'TOKEN'];

const chance = (): EnvelopeChance => ({
  dataKey: randomBytes(32),
  keyNonce: randomBytes(12),
  nonce: randomBytes(12),
});

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at]! ^= 1;
  return copy;
}

describe('an envelope', () => {
  const sealed = seal('hunter2 é', OWNER, OLD, chance());

  it('gives its value back to its owner, with the key that sealed it', () => {
    expect(open(sealed, OWNER, [NEW, OLD])).toBe('hunter2 é');
    expect(sealed.ciphertext.includes('hunter2')).toBe(false);
  });

  it('never looks the same twice', () => {
    const again = seal('hunter2 é', OWNER, OLD, chance());
    expect(again.ciphertext.equals(sealed.ciphertext)).toBe(false);
    expect(again.wrappedKey.equals(sealed.wrappedKey)).toBe(false);
  });

  it.each([
    ['of another service', ['secret', 'mail', 'TOKEN']],
    ['of another name', ['secret', 'billing', 'TOKEN2']],
    ['whose parts are cut elsewhere', ['secret', 'billing","TOKEN']],
    ['of another kind', ['signing', 'billing', 'TOKEN']],
  ])('is closed to an owner %s', (_, owner) =>
    expect(() => open(sealed, owner, [OLD])).toThrow(UnreadableEnvelope),
  );

  it('is closed without its master key, and says which one it is', () => {
    expect(() => open(sealed, OWNER, [NEW])).toThrow('SECRETS_KEYS has no key "old"');
    expect(() => open(sealed, OWNER, [{ id: 'old', key: NEW.key }])).toThrow();
  });

  it('is closed once any byte of it has changed', () => {
    const changed: Envelope[] = [
      ...[0, 12, sealed.ciphertext.length - 1].map((at) => ({
        ...sealed,
        ciphertext: flipped(sealed.ciphertext, at),
      })),
      ...[0, 12, sealed.wrappedKey.length - 1].map((at) => ({
        ...sealed,
        wrappedKey: flipped(sealed.wrappedKey, at),
      })),
      { ...sealed, ciphertext: sealed.ciphertext.subarray(0, 20) },
      { ...sealed, ciphertext: Buffer.alloc(0) },
      { ...sealed, keyId: 'new' },
    ];
    for (const envelope of changed)
      expect(() => open(envelope, OWNER, [OLD, NEW])).toThrow(UnreadableEnvelope);
  });

  it('can be put under another master key without touching the value', () => {
    const moved = rewrap(sealed, OWNER, [OLD], NEW, randomBytes(12));
    expect(moved).toMatchObject({ keyId: 'new', ciphertext: sealed.ciphertext });
    expect(open(moved, OWNER, [NEW])).toBe('hunter2 é');
    expect(() => rewrap(sealed, ['secret', 'mail', 'TOKEN'], [OLD], NEW, randomBytes(12))).toThrow();
  });
});
