import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { causeOf, isUnreachable } from './index.js';

function failure(fields: object): Error {
  return Object.assign(new Error('broken'), fields);
}

describe('an error of a connection', () => {
  it('says that nobody answers where the system says so', async () => {
    // 1 is tcpmux, which no machine of today has.
    const [refusal] = (await once(connect(1, '127.0.0.1'), 'error')) as [unknown];
    expect(isUnreachable(refusal)).toBe(true);
    expect(isUnreachable(failure({ code: 'ECONNRESET' }))).toBe(true);
    expect(isUnreachable(failure({ code: 'EADDRNOTAVAIL', syscall: 'connect' }))).toBe(true);
  });

  it('says so for all addresses of a host', () => {
    const errors = ['::1', '127.0.0.1'].map((address) =>
      Object.assign(new Error(`connect ECONNREFUSED ${address}`), { code: 'ECONNREFUSED' }),
    );
    const error = new AggregateError(errors);
    expect(isUnreachable(error)).toBe(true);
    expect(causeOf(error)).toBe('connect ECONNREFUSED ::1, connect ECONNREFUSED 127.0.0.1');
  });

  it('says so in the words of its client', () => {
    expect(isUnreachable(new Error('Command timed out'), /^Command timed out/)).toBe(true);
    expect(isUnreachable(new Error('Command timed out'))).toBe(false);
  });

  it('is none of a server that answers, of a file, or of a list of faults', async () => {
    const noFile: unknown = await readFile('/nowhere/at/all').catch((error: unknown) => error);
    const others = [failure({ code: '28P01' }), failure({ errors: [{ code: 'invalid' }] }), noFile, null];
    expect(others.map((error) => isUnreachable(error))).toEqual([false, false, false, false]);
  });
});
