import { isIP } from 'node:net';
import type { CommandTargets } from './app-config.js';

/** Says what would have been accepted; the reader of the variable adds its name and, unless secret, its value. */
export class NotAllowed extends Error {
  constructor(readonly allowed: string) {
    super(allowed);
  }
}

export type Parser<T> = (text: string) => T;

export const text: Parser<string> = (value) => value;

export function oneOf<const T extends string>(...choices: T[]): Parser<T> {
  return (value) => {
    const match = choices.find((choice) => choice.toLowerCase() === value.toLowerCase());
    if (match === undefined) throw new NotAllowed(`one of ${choices.join(', ')}`);
    return match;
  };
}

export const flag: Parser<boolean> = (value) => oneOf('true', 'false')(value) === 'true';

/** Digits only: `1e3`, `0x10` and `5.0` are more often slips than meant. */
export function integer(min: number, max: number): Parser<number> {
  return (value) => {
    const number = /^\d{1,15}$/.test(value) ? Number(value) : NaN;
    if (!(number >= min && number <= max)) throw new NotAllowed(`a whole number from ${min} to ${max}`);
    return number;
  };
}

export const host: Parser<string> = (value) => {
  const name = value.replace(/^\[(.*)\]$/, '$1');
  if (!/^[A-Za-z0-9._:%-]+$/.test(name))
    throw new NotAllowed('a host name or an IP address, without scheme or port');
  return name;
};

/** Short secrets are guessed; bytes, since that is what a guesser counts. */
export function atLeastBytes(bytes: number): Parser<string> {
  return (value) => {
    if (Buffer.byteLength(value.trim()) >= bytes) return value.trim();
    throw new NotAllowed(`at least ${bytes} bytes, such as the output of: openssl rand -base64 32`);
  };
}

const NAMED_PROXIES = ['loopback', 'linklocal', 'uniquelocal'];
/** By what `isIP` answers, which is 0 for what is no address. */
const BITS_OF_FAMILY: Readonly<Record<number, number>> = { 4: 32, 6: 128 };

/**
 * Which proxies tell the truth about the address of a caller: how many there are, or where they are. Never simply all,
 * since then every caller could choose an address for itself.
 */
export const trustedProxies: Parser<number | readonly string[]> = (value) => {
  if (/^[1-9]$/.test(value)) return Number(value);
  const proxies = list(value);
  if (proxies.length > 0 && proxies.every(isProxy)) return proxies;
  throw new NotAllowed(
    `the number of proxies, 1 to 9, or their addresses or CIDRs, or ${NAMED_PROXIES.join(', ')}`,
  );
};

function isProxy(text: string): boolean {
  if (NAMED_PROXIES.includes(text)) return true;
  const [address = '', bits = '1', ...rest] = text.split('/');
  const mostBits = BITS_OF_FAMILY[isIP(address)] ?? 0;
  return /^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= mostBits && rest.length === 0;
}

export const list: Parser<readonly string[]> = (value) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

/** The grammar of an entry belongs to the egress policy; only what is surely a slip is refused here. */
export const egressList: Parser<readonly string[]> = (value) => {
  const entries = list(value);
  if (entries.some((entry) => !/^[\w.*:[\]/-]+$/.test(entry) || entry.includes('://'))) {
    throw new NotAllowed(
      'hosts, CIDRs and ports separated by commas, without scheme, such as 127.0.0.1, 10.0.0.0/8',
    );
  }
  return entries;
};

export const postgresUrl: Parser<string> = (value) => {
  const url = parseUrl(value, ['postgres:', 'postgresql:']);
  const allowed = 'postgresql://user:password@host:5432/database';
  const isUsable =
    url !== null &&
    url.pathname.length >= 2 &&
    url.pathname.indexOf('/', 1) === -1 &&
    [url.pathname, url.username, url.password].every(isDecodable);
  if (!isUsable) throw new NotAllowed(allowed);
  return value.trim();
};

export const redisUrl: Parser<URL> = (value) => {
  const url = parseUrl(value, ['redis:', 'rediss:']);
  const isUsable =
    url !== null && url.hostname !== '' && /^\/?\d*$/.test(url.pathname) && isDecodable(url.password);
  if (!isUsable) throw new NotAllowed('redis://user:password@host:6379/0, or rediss:// for TLS');
  return url;
};

export const httpUrl: Parser<string> = (value) => {
  if (parseUrl(value, ['http:', 'https:']) === null) throw new NotAllowed('http://host:4318, or https://');
  return value.trim();
};

export const ratio: Parser<number> = (value) => {
  const number = /^(0|1|0?\.\d+|1\.0+)$/.test(value) ? Number(value) : NaN;
  if (!(number >= 0 && number <= 1)) throw new NotAllowed('a number from 0 to 1, such as 0.1');
  return number;
};

/** As OpenTelemetry's other programs read them: values are percent-encoded. */
export const headerList: Parser<Readonly<Record<string, string>>> = (value) =>
  Object.fromEntries(list(value).map(headerEntry));

function headerEntry(entry: string): [string, string] {
  const [, name, value] = /^([A-Za-z0-9_-]+)\s*=\s*(.+)$/.exec(entry) ?? [];
  if (name === undefined || value === undefined || !isDecodable(value))
    throw new NotAllowed('name=value pairs separated by commas, values percent-encoded');
  return [name, decodeURIComponent(value)];
}

export interface NamedKey {
  readonly id: string;
  readonly key: Uint8Array;
}

/** `id:base64` pairs of 32 bytes. The text is never part of a fault: it is nothing but secrets. */
export const secretsKeys: Parser<readonly NamedKey[]> = (value) => {
  const keys = list(value).map(namedKey);
  const ids = new Set(keys.map(({ id }) => id));
  if (keys.length > 0 && ids.size === keys.length) return keys;
  throw new NotAllowed(SECRETS_KEYS_FORM);
};

const SECRETS_KEYS_FORM =
  'id:key pairs separated by commas, each id once and each key 32 bytes in base64, such as 2026-01:$(openssl rand -base64 32)';

function namedKey(text: string): NamedKey {
  const [, id = '', base64 = ''] = /^([A-Za-z0-9_.-]{1,32}):([A-Za-z0-9+/_-]{43}=?)$/.exec(text) ?? [];
  const key = Buffer.from(base64, 'base64');
  if (key.length !== 32) throw new NotAllowed(SECRETS_KEYS_FORM);
  return { id, key };
}

/** Without TLS anybody on the way could replace the keys; only within this machine is it not needed. */
export const issuerUrl: Parser<string> = (value) => {
  const url = parseUrl(value, ['https:', 'http:']);
  const isLocal = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url?.hostname ?? '');
  if (url === null || url.search !== '' || url.hash !== '' || (url.protocol === 'http:' && !isLocal))
    throw new NotAllowed('https://login.example.org/realm, as the provider spells it');
  return value;
};

/** The kernel takes 107 bytes, macOS 103. */
const SOCKET_PATH_BYTES = 103;

export const socketPath: Parser<string> = (value) => {
  if (value.startsWith('/') && !value.endsWith('/') && Buffer.byteLength(value) <= SOCKET_PATH_BYTES)
    return value;
  throw new NotAllowed(
    `an absolute path of at most ${SOCKET_PATH_BYTES} bytes, such as /run/commands/runner.sock`,
  );
};

/** A path must contain a slash, so that a misspelt `enable` is a fault and not a file. */
export const commandTargets: Parser<CommandTargets> = (value) => {
  if (value === 'disabled' || value === 'enabled') return value;
  if (!/[/\\]/.test(value))
    throw new NotAllowed('disabled, enabled, or the path of an allow-list file such as ./commands.json');
  return { allowListFile: value };
};

function parseUrl(value: string, protocols: string[]): URL | null {
  if (!URL.canParse(value)) return null;
  const url = new URL(value);
  return protocols.includes(url.protocol) ? url : null;
}

function isDecodable(part: string): boolean {
  return !/%(?![0-9a-f]{2})/i.test(part);
}
