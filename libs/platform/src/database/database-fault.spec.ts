import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect } from 'node:net';
import { StartupFault } from '@app/platform/lifecycle';
import { databaseFault } from './database-fault.js';

/** Where nobody listens: 1 is tcpmux, which no machine of today has. */
async function refusal(): Promise<unknown> {
  const [error] = (await once(connect(1, '127.0.0.1'), 'error')) as [unknown];
  return error;
}

describe('the fault of a command against DATABASE_URL', () => {
  it('says that its server does not answer, and why', async () => {
    const fault = databaseFault(await refusal());
    expect(fault).toBeInstanceOf(StartupFault);
    expect((fault as Error).message).toMatch(
      /^The server of DATABASE_URL does not answer: connect ECONNREFUSED 127\.0\.0\.1:1\. .*npm start/,
    );
  });

  it('names each address that refused, where Node itself has no words', () => {
    const errors = ['::1', '127.0.0.1'].map((address) =>
      Object.assign(new Error(`connect ECONNREFUSED ${address}`), { code: 'ECONNREFUSED' }),
    );
    expect((databaseFault(new AggregateError(errors)) as Error).message).toContain(
      'does not answer: connect ECONNREFUSED ::1, connect ECONNREFUSED 127.0.0.1.',
    );
  });

  it('leaves the words of a server that does answer as they are', () => {
    const error = Object.assign(new Error('password authentication failed'), { code: '28P01' });
    expect(databaseFault(error)).toEqual(new StartupFault('password authentication failed'));
  });

  it('is none where no operator can mend it: its stack is worth more', () => {
    const bugs = [
      new TypeError('x is not a function'),
      Object.assign(new Error('no table'), { code: '42P01' }),
    ];
    expect(bugs.map(databaseFault)).toEqual(bugs);
  });
});
