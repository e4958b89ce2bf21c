import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { type ProblemError } from '@app/platform/problem';
import { IsInt, IsString } from 'class-validator';
import { replacingRequest } from './replacing-request.js';

class OrderRequest {
  @IsString()
  name!: string;

  @IsInt()
  size!: number;
}

const REQUEST = { name: 'a', size: 1 };
const RESPONSE = { id: 'x', ...REQUEST, owner: { service: 'default' }, lastUsedAt: null, version: 3 };

const replacing = (body: unknown) =>
  replacingRequest(OrderRequest, { request: REQUEST, response: RESPONSE, moving: ['lastUsedAt'] }, body);

async function faultsOf(body: unknown): Promise<readonly (readonly [string, string])[]> {
  const error = await replacing(body).then(
    () => null,
    (problem: ProblemError) => problem,
  );
  return (error?.errors ?? []).map(({ pointer, code }) => [pointer, code] as const);
}

describe('a body that replaces a resource', () => {
  it('may be what a client decides, or the whole as it was read', async () => {
    for (const body of [
      { name: 'b', size: 2 },
      { ...RESPONSE, name: 'b', size: 2 },
    ])
      expect({ ...(await replacing(body)) }).toEqual({ name: 'b', size: 2 });
  });

  it('may hold what has moved on since it was read, which is not for a client to set', async () => {
    const lastUsedAt = '2026-01-01T00:00:00.000Z';
    expect(await faultsOf({ ...RESPONSE, lastUsedAt })).toEqual([]);
    expect(await faultsOf({ ...REQUEST, lastUsedAt })).toEqual([['/lastUsedAt', 'read_only']]);
    expect(await faultsOf({ ...REQUEST, id: 'y', lastUsedAt })).toEqual([
      ['/id', 'read_only'],
      ['/lastUsedAt', 'read_only'],
    ]);
  });

  it('may say what is so in another way, as typed clients do', async () => {
    const at = '2026-01-31T12:00:38.350Z';
    const id = '01981b5e-7c00-7000-8000-0123456789ab';
    const read = { request: REQUEST, response: { ...RESPONSE, id, createdAt: at } };
    for (const createdAt of ['2026-01-31T12:00:38.35Z', '2026-01-31T13:00:38.350000+01:00'])
      await replacingRequest(OrderRequest, read, { ...REQUEST, id: id.toUpperCase(), createdAt });
    const later = { ...REQUEST, createdAt: '2026-01-31T12:00:38.351Z' };
    await expect(replacingRequest(OrderRequest, read, later)).rejects.toMatchObject({
      errors: [{ pointer: '/createdAt', code: 'read_only' }],
    });
  });

  it.each([
    ['another id', { id: 'y' }, '/id'],
    ['another owner', { owner: { service: 'other' } }, '/owner'],
    ['an older version', { version: 2 }, '/version'],
  ])('is refused with %s', async (_what, change, pointer) => {
    expect(await faultsOf({ ...RESPONSE, ...change })).toEqual([[pointer, 'read_only']]);
  });

  it('is checked as any other', async () => {
    expect(await faultsOf({ ...RESPONSE, size: '1' })).toEqual([['/size', 'invalid_type']]);
    expect(await faultsOf({ ...RESPONSE, sise: 1 })).toEqual([['/sise', 'unknown_property']]);
    expect(await faultsOf(undefined)).toEqual([
      ['/name', 'required'],
      ['/size', 'required'],
    ]);
    expect(await faultsOf(null)).toEqual([['', 'invalid_type']]);
    expect(await faultsOf([RESPONSE])).toEqual([['', 'invalid_type']]);
  });
});
