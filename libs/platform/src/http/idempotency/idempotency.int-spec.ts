import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Body, Controller, HttpCode, Res } from '@nestjs/common';
import { ProblemError } from '@app/platform/problem';
import { type Response as ExpressResponse } from 'express';
import { DataSource, type EntityManager } from 'typeorm';
import { useDatabase } from '../../../../../test/support/use-database.js';
import { waitFor } from '../../../../../test/support/wait-for.js';
import { type HttpApp, startHttpApp } from '../testing/http-app.js';
import { problemOf, senderTo } from '../testing/requests.js';
import { IdempotencyKeys, pruneIdempotencyKeys } from './idempotency-keys.js';
import { madeBefore, rememberMade } from './made-once.js';
import { Post } from './post.js';

let runs = 0;
let hold: Promise<void> = Promise.resolve();

@Controller('orders')
class OrdersController {
  @Post()
  create(@Body() body: { name: string }, @Res({ passthrough: true }) response: ExpressResponse) {
    runs += 1;
    response.location(`/orders/${runs}`);
    return { zeta: body.name, alpha: runs, version: 4 };
  }

  @Post('accepted')
  @HttpCode(202)
  async accept(@Res({ passthrough: true }) response: ExpressResponse) {
    runs += 1;
    await hold;
    response.status(200);
    return { runs };
  }

  @Post('empty')
  @HttpCode(204)
  empty(): void {
    runs += 1;
  }

  @Post('invalid')
  refuse(): never {
    runs += 1;
    throw new ProblemError('invalid', 'odd', 'Odd.', [{ pointer: '/x', code: 'odd', detail: 'is odd' }]);
  }

  @Post('taken')
  conflict(@Body() _body: unknown): never {
    runs += 1;
    throw new ProblemError('conflict', 'taken', 'Taken.');
  }

  @Post('made')
  async make(@Body() { fails }: { fails?: boolean }) {
    const id = madeBefore() ?? (await dataSource.transaction((tx) => this.makeIn(tx)));
    if (fails && runs === 1) throw new TypeError('cut off');
    return { id };
  }

  private async makeIn(tx: EntityManager): Promise<string> {
    runs += 1;
    await hold;
    await rememberMade(tx, `order-${runs}`);
    return `order-${runs}`;
  }

  @Post('bug')
  fail(): never {
    runs += 1;
    throw new TypeError('bug');
  }
}

let app: HttpApp;
// Before that of the database: Jest calls them as they are written.
afterAll(() => app?.close());
const { dataSource } = useDatabase({ poolSize: 5 });
const send = senderTo(() => app.url);
const post = (path: string, key: string, body?: string, headers: Record<string, string> = {}) =>
  send('POST', path, body, { 'Idempotency-Key': key, ...headers });

beforeAll(async () => {
  app = await startHttpApp([OrdersController], { provide: DataSource, useValue: dataSource });
});
beforeEach(async () => {
  runs = 0;
  hold = Promise.resolve();
  await dataSource.query('TRUNCATE idempotency_keys');
});

describe('the same key', () => {
  it('gets the first answer, byte for byte, and runs once', async () => {
    const first = await post('/orders', 'k', '{"name":"a","x":{"b":1,"c":2}}');
    const again = await post('/orders', 'k', '{ "x": {"c":2,"b":1}, "name": "a" }');
    expect([first.status, again.status, runs]).toEqual([201, 201, 1]);
    expect(await again.text()).toBe(await first.text());
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.headers.get('location')).toBe('/orders/1');
    expect(again.headers.get('etag')).toBe('"4"');
  });

  it('with another body is refused', async () => {
    await post('/orders', 'k', '{"name":"a"}');
    expect(await problemOf(await post('/orders', 'k', '{"name":"b"}'))).toMatchObject({
      status: 422,
      code: 'idempotency_key_reused',
    });
    expect(await problemOf(await post('/orders/taken', 'k', '{"name":"a"}'))).toMatchObject({ status: 422 });
    expect(runs).toBe(1);
  });

  it('keeps the status a handler chose, and an empty answer', async () => {
    for (const path of ['/orders/accepted', '/orders/empty']) {
      const [first, again] = [await post(path, path), await post(path, path)];
      expect(again.status).toBe(first.status);
      expect(await again.text()).toBe(await first.text());
    }
    expect(runs).toBe(2);
  });

  it('runs once for many requests at the same moment', async () => {
    let letGo = (): void => undefined;
    hold = new Promise((resolve) => (letGo = resolve));
    const responses = Array.from({ length: 8 }, () => post('/orders/accepted', 'k'));
    const early = await Promise.race(responses);
    expect([early.status, early.headers.get('retry-after')]).toEqual([409, '1']);
    letGo();
    const first = (await Promise.all(responses)).filter(
      ({ status, headers }) => status === 200 && !headers.has('idempotent-replayed'),
    );
    expect(first).toHaveLength(1);
    expect(runs).toBe(1);
  });
});

describe('a failure', () => {
  it.each([
    ['invalid', 400],
    ['taken', 409],
    ['bug', 500],
  ])('frees the key: %s', async (path, status) => {
    expect((await post(`/orders/${path}`, 'k')).status).toBe(status);
    expect((await post(`/orders/${path}`, 'k')).headers.get('idempotent-replayed')).toBeNull();
    expect(runs).toBe(2);
    expect((await post('/orders', 'k', '{"name":"corrected"}')).status).toBe(201);
  });

  it('that an earlier version kept does not stand in the way', async () => {
    await post('/orders', 'k', '{"name":"a"}');
    await dataSource.query('UPDATE idempotency_keys SET status = 400');
    expect((await post('/orders', 'k', '{"name":"b"}')).status).toBe(201);
  });
});

describe('what was made', () => {
  const made = async (response: Response): Promise<unknown> => ((await response.json()) as { id: string }).id;

  it('is found by a repeat of the request whose process crashed before it answered', async () => {
    expect(await made(await post('/orders/made', 'k', '{}'))).toBe('order-1');
    await dataSource.query(
      `UPDATE idempotency_keys SET state = 'running', locked_until = now() - interval '1 s'`,
    );
    expect(await made(await post('/orders/made', 'k', '{}'))).toBe('order-1');
    expect(runs).toBe(1);
  });

  it('is found at once by a repeat of the request that failed after it', async () => {
    await dataSource.query('TRUNCATE idempotency_keys');
    expect((await post('/orders/made', 'k', '{"fails":true}')).status).toBe(500);
    runs = 2;
    expect(await made(await post('/orders/made', 'k', '{"fails":true}'))).toBe('order-1');
  });

  it('is undone where the request was so slow that another took its key over', async () => {
    let letGo = (): void => undefined;
    hold = new Promise((resolve) => (letGo = resolve));
    const slow = post('/orders/made', 'k', '{}');
    await waitFor(() => runs === 1);
    await dataSource.query(`UPDATE idempotency_keys SET locked_until = now() + interval '1 hour'`);
    letGo();
    expect(await problemOf(await slow)).toMatchObject({ status: 409, code: 'idempotency_key_in_use' });
  });
});

describe('time', () => {
  it('frees a key whose request crashed', async () => {
    await post('/orders', 'k', '{"name":"a"}');
    await dataSource.query(
      `UPDATE idempotency_keys SET state = 'running', locked_until = now() + interval '1 minute'`,
    );
    expect((await post('/orders', 'k', '{"name":"a"}')).status).toBe(409);
    await dataSource.query(`UPDATE idempotency_keys SET locked_until = now() - interval '1 s'`);
    expect((await post('/orders', 'k', '{"name":"a"}')).status).toBe(201);
    expect(runs).toBe(2);
  });

  it('does not let one who was taken over overwrite the answer', async () => {
    const keys = new IdempotencyKeys(dataSource);
    const use = { service: 'default', key: 'k', requestHash: 'h' };
    const first = await keys.begin(use, 0);
    const second = await keys.begin(use, 60);
    if (first.type !== 'begun' || second.type !== 'begun') throw new Error('both should have begun');
    await keys.finish(use, second.lock, { status: 200, headers: {}, body: 'second' });
    await keys.finish(use, first.lock, { status: 200, headers: {}, body: 'first' });
    expect(await keys.begin(use, 60)).toMatchObject({ type: 'done', answer: { body: 'second' } });
  });

  it('forgets a key after its day', async () => {
    await post('/orders', 'k', '{"name":"a"}');
    await dataSource.query(`UPDATE idempotency_keys SET expires_at = now() - interval '1 s'`);
    expect((await post('/orders', 'k', '{"name":"b"}')).status).toBe(201);
    expect(await pruneIdempotencyKeys(dataSource, new AbortController().signal)).toBe(0);
    await dataSource.query(`UPDATE idempotency_keys SET expires_at = now() - interval '1 s'`);
    expect(await pruneIdempotencyKeys(dataSource, new AbortController().signal)).toBe(1);
  });
});

describe('keys', () => {
  it.each(['', 'x'.repeat(256), 'caf\u00e9'])('%.10j is refused', async (key) => {
    expect(await problemOf(await post('/orders', key, '{"name":"a"}'))).toMatchObject({
      status: 400,
      errors: [{ code: 'invalid_idempotency_key' }],
    });
  });
});
