import { describe, expect, it } from '@jest/globals';
import { changedFields } from './changed-fields.js';

describe('the fields of a change', () => {
  it('are those that differ, on both sides', () => {
    const before = { id: 'a', name: 'n', timeoutMs: 1, target: { url: 'x' }, updatedAt: new Date(1) };
    const after = { ...before, target: { url: 'x' }, timeoutMs: 2, updatedAt: new Date(2) };
    expect(changedFields(before, after)).toEqual({ before: { timeoutMs: 1 }, after: { timeoutMs: 2 } });
  });

  it('are all of them where the resource was not there, or is gone', () => {
    expect(changedFields(null, { name: 'n', active: true })).toEqual({
      before: null,
      after: { name: 'n', active: true },
    });
    expect(changedFields({ name: 'n' }, null)).toEqual({ before: { name: 'n' }, after: null });
  });

  it('show nothing that looks like a secret, and still that it changed', () => {
    const withToken = (token: string) => ({ target: { headers: { Authorization: token, Accept: 'x' } } });
    const { before, after } = changedFields(withToken('Bearer one'), withToken('Bearer two'));
    expect(before).toEqual({ target: { headers: { Authorization: '[redacted]', Accept: 'x' } } });
    expect(after).toEqual(before);
  });

  it('are told apart by a digest where they are too large to keep twice', () => {
    const { before, after } = changedFields(
      { parameters: 'a'.repeat(9_000) },
      { parameters: 'b'.repeat(9_000) },
    );
    expect(after).toEqual({
      parameters: { omitted: 'too_large', characters: 9_002, sha256: expect.stringMatching(/^[\da-f]{64}$/) },
    });
    expect(before).not.toEqual(after);
  });
});
