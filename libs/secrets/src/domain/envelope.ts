import { createCipheriv, createDecipheriv } from 'node:crypto';

/** A key of SECRETS_KEYS: it encrypts data keys, and nothing else. */
export interface MasterKey {
  readonly id: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
}

/** A value as it is stored: encrypted by a data key of its own, which a master key encrypts in turn. */
export interface Envelope {
  readonly keyId: string;
  readonly wrappedKey: Buffer;
  readonly ciphertext: Buffer;
}

/** Fresh for each sealing: a nonce that is used twice with one key gives both texts away. */
export interface EnvelopeChance {
  /** 32 bytes. */
  readonly dataKey: Uint8Array;
  /** 12 bytes each. */
  readonly keyNonce: Uint8Array;
  readonly nonce: Uint8Array;
}

/** No key here opens it; the message says why. */
export class UnreadableEnvelope extends Error {}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const DAMAGED = 'it is damaged, or its key is another one';

/** @param owner whose value it is: moved to another row, it cannot be opened */
export function seal(
  value: string,
  owner: readonly string[],
  { id, key }: MasterKey,
  { dataKey, keyNonce, nonce }: EnvelopeChance,
): Envelope {
  return {
    keyId: id,
    wrappedKey: encrypt(dataKey, key, keyNonce, wrapContext(owner, id)),
    ciphertext: encrypt(Buffer.from(value), dataKey, nonce, valueContext(owner)),
  };
}

/** @throws UnreadableEnvelope also when it was changed, or belongs to another owner */
export function open(envelope: Envelope, owner: readonly string[], masterKeys: readonly MasterKey[]): string {
  const dataKey = unwrap(envelope, owner, masterKeys);
  return decrypt(envelope.ciphertext, dataKey, valueContext(owner)).toString();
}

/** The same value under another master key; the value itself is not decrypted. @throws UnreadableEnvelope */
export function rewrap(
  envelope: Envelope,
  owner: readonly string[],
  masterKeys: readonly MasterKey[],
  { id, key }: MasterKey,
  keyNonce: Uint8Array,
): Envelope {
  const dataKey = unwrap(envelope, owner, masterKeys);
  return { ...envelope, keyId: id, wrappedKey: encrypt(dataKey, key, keyNonce, wrapContext(owner, id)) };
}

function unwrap(
  { keyId, wrappedKey }: Envelope,
  owner: readonly string[],
  masterKeys: readonly MasterKey[],
): Buffer {
  const master = masterKeys.find(({ id }) => id === keyId);
  if (!master) throw new UnreadableEnvelope(`SECRETS_KEYS has no key "${keyId}"`);
  return decrypt(wrappedKey, master.key, wrapContext(owner, keyId));
}

/** JSON, because joined texts could be split elsewhere. */
function valueContext(owner: readonly string[]): Buffer {
  return Buffer.from(JSON.stringify(['value', ...owner]));
}

function wrapContext(owner: readonly string[], keyId: string): Buffer {
  return Buffer.from(JSON.stringify(['key', keyId, ...owner]));
}

/** Nonce, ciphertext and tag in one. */
function encrypt(bytes: Uint8Array, key: Uint8Array, nonce: Uint8Array, context: Buffer): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(context);
  return Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(sealed: Buffer, key: Uint8Array, context: Buffer): Buffer {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) throw new UnreadableEnvelope(DAMAGED);
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const tag = sealed.subarray(sealed.length - TAG_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(context).setAuthTag(tag);
  const text = sealed.subarray(NONCE_BYTES, sealed.length - TAG_BYTES);
  try {
    return Buffer.concat([decipher.update(text), decipher.final()]);
  } catch {
    throw new UnreadableEnvelope(DAMAGED);
  }
}
