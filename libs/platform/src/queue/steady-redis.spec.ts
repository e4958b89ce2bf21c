import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Redis, type RedisOptions } from 'ioredis';
import { waitFor } from '../../../../test/support/wait-for.js';
import { SteadyCluster, SteadyRedis } from './steady-redis.js';

const SILENCE_MS = 100;

/** Answers PING, but for the first one, which it answers by closing the connection. */
class ForgetfulRedis {
  connections = 0;
  private readonly sockets = new Set<Socket>();
  private readonly server: Server = createServer((socket) => this.serve(socket));

  async start(): Promise<number> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private serve(socket: Socket): void {
    const isFirst = this.connections++ === 0;
    this.sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      if (isFirst) socket.destroy();
      else socket.write('+PONG\r\n'.repeat(bytes.toString().match(/ping/gi)?.length ?? 0));
    });
  }
}

describe('a connection that took the place of one that broke with an answer outstanding', () => {
  let server: ForgetfulRedis;
  let redis: Redis;

  beforeEach(() => void (server = new ForgetfulRedis()));
  afterEach(async () => {
    redis.disconnect();
    await server.stop();
  });

  /** @returns connections that were made by the time that the silence of the first one is long over */
  async function connectionsMade(client: new (options: RedisOptions) => Redis): Promise<number> {
    const port = await server.start();
    redis = new client({
      host: '127.0.0.1',
      port,
      socketTimeout: SILENCE_MS,
      retryStrategy: () => 1,
      maxRetriesPerRequest: null,
      enableReadyCheck: false,
      disableClientInfo: true,
    });
    redis.on('error', () => undefined);
    await redis.ping();
    const answeredAtMs = performance.now();
    await waitFor(async () => (await redis.ping()) && performance.now() - answeredAtMs > 3 * SILENCE_MS);
    return server.connections;
  }

  it('stays', async () => {
    expect(await connectionsMade(SteadyRedis)).toBe(2);
  });

  it('would be ended for the silence of the other one by ioredis itself: else this class may go', async () => {
    expect(await connectionsMade(Redis)).toBeGreaterThan(2);
  });
});

describe('what BullMQ makes of it to block on', () => {
  it('is steady as well, on one server and on a cluster', () => {
    const redis = new SteadyRedis({ lazyConnect: true });
    const cluster = new SteadyCluster([{ host: '127.0.0.1', port: 1 }], { lazyConnect: true });
    expect(redis.duplicate({ connectionName: 'x' })).toBeInstanceOf(SteadyRedis);
    expect(cluster.duplicate()).toBeInstanceOf(SteadyCluster);
  });
});
