import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type DynamicModule, Global, type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { DataSource } from 'typeorm';
import { AppConfig, loadConfig } from '@app/platform/config';
import { freePort } from '../../../../test/support/free-port.js';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/test-database.js';
import { DatabaseModule } from './database.module.js';
import { dataSourceOptions } from './data-source.js';
import { startPatience } from './start-patience.js';

jest.setTimeout(60_000);

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** The test database at another address, or as another user. */
function urlWith(changes: Partial<Pick<URL, 'port' | 'username' | 'pathname'>>): string {
  return Object.assign(new URL(database.url), changes).href;
}

async function failureOf(url: string): Promise<Error> {
  const options = dataSourceOptions({ url, poolSize: 1, applicationName: 'test' });
  const dataSource = new DataSource({ ...options, connectTimeoutMS: 200 } as typeof options);
  return dataSource.initialize().then(
    () => Promise.reject(new Error('It connected.')),
    // Node's own errors are no `Error` of jest's.
    (error: NodeJS.ErrnoException) => Object.assign(new Error(error.message), { code: error.code }),
  );
}

/** A server of what each of its connections, counted from 1, meets. */
async function withServer<T>(
  meet: (socket: Socket, connection: number) => void,
  work: (port: string) => Promise<T>,
): Promise<T> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => meet(socket, sockets.push(socket)));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  try {
    return await work(String((server.address() as AddressInfo).port));
  } finally {
    sockets.forEach((socket) => socket.destroy());
    server.close();
  }
}

/** Passes on what both sides say. */
function relay(socket: Socket): void {
  const { hostname, port } = new URL(database.url);
  const upstream = connect(Number(port), hostname);
  socket.pipe(upstream).pipe(socket);
  upstream.on('error', () => socket.destroy());
  socket.on('error', () => upstream.destroy());
  socket.on('close', () => upstream.destroy());
}

function start(databaseUrl: string): Promise<INestApplicationContext> {
  const options = { logger: false, abortOnError: false } as const;
  return NestFactory.createApplicationContext(TestModule.on(databaseUrl), options);
}

@Global()
@Module({})
class TestModule {
  static on(databaseUrl: string): DynamicModule {
    return {
      module: TestModule,
      imports: [DatabaseModule.forApp('start-test')],
      providers: [{ provide: AppConfig, useValue: loadConfig({ DATABASE_URL: databaseUrl }) }],
      exports: [AppConfig],
    };
  }
}

describe('whoever starts while the database is away', () => {
  let nowMs = 0;
  const retries = () => startPatience(() => nowMs);

  it.each<[string, () => Promise<Error>]>([
    ['refuses connections', async () => failureOf(urlWith({ port: String(await freePort()) }))],
    [
      'says nothing',
      () =>
        withServer(
          () => undefined,
          (port) => failureOf(urlWith({ port })),
        ),
    ],
    ['is not there yet', () => failureOf(urlWith({ pathname: '/not_created_yet' }))],
  ])('tries for three minutes where it %s', async (_what, failure) => {
    const error = await failure();
    const again = retries();
    nowMs += 179_000;
    expect([error.message, again(error)]).toEqual([error.message, true]);
    nowMs += 2_000;
    expect(again(error)).toBe(false);
  });

  it('ends at once where it must be mended first', async () => {
    expect(retries()(await failureOf(urlWith({ username: 'nobody' })))).toBe(false);
    await expect(start(urlWith({ username: 'nobody' }))).rejects.toThrow(/nobody/);
  });

  it('is connected once the database is back', async () => {
    let tries = 0;
    const awayAtFirst = (socket: Socket, connection: number) => {
      tries = connection;
      if (connection < 3) socket.destroy();
      else relay(socket);
    };
    await withServer(awayAtFirst, async (port) => {
      const app = await start(urlWith({ port }));
      expect(await app.get(DataSource).query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
      await app.close();
    });
    expect(tries).toBeGreaterThanOrEqual(3);
  });
});
