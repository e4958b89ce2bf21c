import { describe, expect, it } from '@jest/globals';
import type { Request } from 'express';
import type { Admission } from '@app/access';
import { waitFor } from '../../../../../test/support/wait-for.js';
import { CredentialWatch } from './credential-watch.js';

const REQUEST = {} as Request;

/** Asked again and again, it gives these answers, and then no more. */
function aWatch(answers: readonly boolean[]) {
  const left = [...answers];
  const admission: Pick<Admission, 'wouldAdmitAgain'> = {
    wouldAdmitAgain: async () => left.shift() ?? Promise.reject(new Error('asked too often')),
  };
  const watch = new CredentialWatch(admission as Admission);
  watch.askEveryMs = 1;
  return { watch, left };
}

describe('the watch over a credential', () => {
  it('ends the request when it would be refused, and asks no more', async () => {
    const { watch, left } = aWatch([true, true, false, true]);
    const signal = watch.whileAdmitted(REQUEST, new AbortController().signal);
    expect(signal.aborted).toBe(false);
    await waitFor(() => signal.aborted);
    expect(left).toEqual([true]);
  });

  it('ends with the request, and asks no more', async () => {
    const { watch, left } = aWatch([true]);
    watch.askEveryMs = 60_000;
    const request = new AbortController();
    const signal = watch.whileAdmitted(REQUEST, request.signal);
    request.abort();
    await waitFor(() => signal.aborted);
    expect(left).toEqual([true]);
  });
});
