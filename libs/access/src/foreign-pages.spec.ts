import { describe, expect, it } from '@jest/globals';
import type { Request } from 'express';
import { refuseForeignPages } from './foreign-pages.js';

type Headers = Readonly<Record<string, string>>;

/** Null for one that is not refused. */
function refusalOf(headers: Headers, method = 'GET'): string | null {
  try {
    refuseForeignPages({ method, get: (name: string) => headers[name] } as Request);
    return null;
  } catch (refusal) {
    return (refusal as { code: string }).code;
  }
}

describe('a request of this machine', () => {
  it.each([
    'localhost:3000',
    'localhost',
    'LocalHost:3000',
    'scheduler.localhost:3000',
    '127.0.0.1:3000',
    '127.8.8.8',
    '[::1]:3000',
    '[::1]',
  ])('may call it %s', (host) => {
    expect(refusalOf({ Host: host })).toBeNull();
  });

  it.each<[string, Headers]>([
    ['sent by a page of its own', { Origin: 'http://localhost:3000', 'Sec-Fetch-Site': 'same-origin' }],
    ['read by a page of its own', { 'Sec-Fetch-Site': 'same-origin' }],
    ['typed into the address bar', { 'Sec-Fetch-Site': 'none' }],
    ['of a page behind a proxy that speaks TLS', { Origin: 'https://localhost:3000' }],
  ])('may be %s', (_what, headers) => {
    expect(refusalOf({ Host: 'localhost:3000', ...headers })).toBeNull();
  });
});

describe('a request of a foreign page', () => {
  it.each([
    'evil.example',
    'evil.example:3000',
    'localhost.evil.example:3000',
    'evil-localhost',
    '.localhost',
    '127.0.0.1.evil.example',
    '127.evil.example',
    '0.0.0.0:3000',
    '192.168.0.7:3000',
    '[fe80::1]:3000',
    '::1',
    'localhost:3000:80',
    'localhost@evil.example',
    '',
  ])('is told by the host %j', (host) => {
    expect(refusalOf({ Host: host })).toBe('foreign_host');
  });

  it('is told by a host that is missing', () => {
    expect(refusalOf({})).toBe('foreign_host');
  });

  it.each([
    'https://evil.example',
    'http://evil.example:3000',
    'http://localhost:8080',
    'http://localhost',
    'http://127.0.0.1:3000',
    'http://localhost:3000.evil.example',
    'null',
    '',
  ])('is told by the origin %j', (origin) => {
    expect(refusalOf({ Host: 'localhost:3000', Origin: origin })).toBe('foreign_origin');
  });

  it('may be a link that somebody follows, and no form', () => {
    const link = { Host: 'localhost:3000', 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate' };
    expect(refusalOf(link)).toBeNull();
    expect(refusalOf(link, 'POST')).toBe('foreign_origin');
  });

  it('is told by what the browser says of it', () => {
    expect(refusalOf({ Host: 'localhost:3000', 'Sec-Fetch-Site': 'cross-site' })).toBe('foreign_origin');
  });
});
