import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { Queue, setDefaultBackendFactory, Worker } from 'bullmq';
import { Client } from 'pg';
import { loadConfig } from '@app/platform/config';
import { freePort } from '../../../../test/support/free-port.js';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/test-database.js';
import { waitFor } from '../../../../test/support/wait-for.js';
import { prepareQueueBackend } from './prepare-queue-backend.js';
import { QueueConnections } from './queue-connections.js';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** What a process has of a queue in this database. */
function connectionsTo(url: URL) {
  const config = loadConfig({ QUEUE_BACKEND: 'postgres', QUEUE_DATABASE_URL: url.href });
  const connections = new QueueConnections(config);
  setDefaultBackendFactory(connections.backendFactory);
  return { config, connections };
}

describe('a process that starts', () => {
  it('before its queue has a database uses it from then on', async () => {
    const url = new URL(database.queueUrl);
    url.pathname += '_later';
    const { config, connections } = connectionsTo(url);
    const queue = new Queue('late', connections.producer());
    queue.on('error', () => undefined);
    try {
      await expect(queue.add('run', {})).rejects.toThrow('does not exist');
      await prepareQueueBackend(config);
      await queue.add('run', {});
      expect(await queue.getJobCountByTypes('wait')).toBe(1);
    } finally {
      await queue.close();
      await drop(url.pathname.slice(1));
    }
  });

  it('while the server of its queue is away takes messages, and lets go of them, once it is there', async () => {
    const [server, url] = [new URL(database.queueUrl), new URL(database.queueUrl)];
    await prepareQueueBackend(connectionsTo(server).config);
    url.hostname = '127.0.0.1';
    url.port = String(await freePort());
    const { connections } = connectionsTo(url);
    const taken: string[] = [];
    const worker = new Worker('away', async ({ name }) => void taken.push(name), {
      ...connections.consumer(),
      runRetryDelay: 200,
      drainDelay: 1,
    });
    worker.on('error', () => undefined);
    const queue = new Queue('away', connections.producer());
    queue.on('error', () => undefined);
    let way: Server | undefined;
    try {
      await expect(queue.add('too early', {})).rejects.toThrow('ECONNREFUSED');
      await expect(worker.waitUntilReady()).rejects.toThrow('ECONNREFUSED');
      way = await wayTo(server, Number(url.port));
      await queue.addBulk(['a', 'b', 'c'].map((name) => ({ name, data: {} })));
      await waitFor(async () => (await queue.getJobCountByTypes('wait', 'active')) === 0);
      expect(taken.sort()).toEqual(['a', 'b', 'c']);
      expect(await queue.getJobCountByTypes('completed')).toBe(3);
    } finally {
      await Promise.all([worker.close(), queue.close()]);
      way?.close();
    }
  });
});

/** A server on `port` that is as far as the other one. */
async function wayTo(server: URL, port: number): Promise<Server> {
  const way = createServer((socket) => {
    const onward = connect(Number(server.port), server.hostname);
    for (const end of [socket, onward]) end.on('error', () => undefined);
    socket.pipe(onward).pipe(socket);
  }).listen(port, '127.0.0.1');
  await once(way, 'listening');
  return way;
}

async function drop(name: string): Promise<void> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  await client.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
  await client.end();
}
