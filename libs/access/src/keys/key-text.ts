import { randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 62^43 is a little more than 2^256. */
const SECRET_LENGTH = 43;
/** 62^6 is more than the 2^32 values of CRC-32. */
const CHECKSUM_LENGTH = 6;
const KEY = /^(sch_([a-z]{1,10})_([\da-f]{32})_([\dA-Za-z]{43}))_([\dA-Za-z]{6})$/;

/** What all keys begin with, for scanners of repositories and for telling a key from a token. */
export const KEY_PREFIX = 'sch_';

/** Where a key belongs, so that one of a test installation is told apart at once. */
export type KeyEnvironment = 'live' | 'test';

export interface KeyParts {
  readonly environment: string;
  /** The id of the key, a UUID without its dashes. */
  readonly id: string;
  readonly secret: string;
}

export function newSecret(): string {
  return Array.from({ length: SECRET_LENGTH }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('');
}

/** `sch_<environment>_<key id>_<secret>_<checksum>`, one word to a double click. */
export function formatKey(environment: KeyEnvironment, id: string, secret: string): string {
  const body = `${KEY_PREFIX}${environment}_${id.replaceAll('-', '')}_${secret}`;
  return `${body}_${checksumOf(body)}`;
}

/** Null for what is no key, or one with a typo in it: those need no look-up. */
export function parseKey(text: string): KeyParts | null {
  const [, body = '', environment = '', id = '', secret = '', checksum] = KEY.exec(text) ?? [];
  if (checksum === undefined || checksum !== checksumOf(body)) return null;
  return { environment, id: withDashes(id), secret };
}

/** Not for secrecy: it tells a mistyped key from a wrong one. */
function checksumOf(text: string): string {
  let rest = crc32(text);
  let digits = '';
  for (let place = 0; place < CHECKSUM_LENGTH; place++) {
    digits = ALPHABET.charAt(rest % ALPHABET.length) + digits;
    rest = Math.floor(rest / ALPHABET.length);
  }
  return digits;
}

function withDashes(hex: string): string {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
