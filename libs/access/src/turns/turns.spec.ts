import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Response } from 'express';
import { loadConfig } from '@app/platform/config';
import { waitFor } from '../../../../test/support/wait-for.js';
import { endTurn, Turns } from './turns.js';

/** One connection of the pool: two requests at once, of one service too, as there is only one without access control. */
const oneConnection = loadConfig({ AUTH_MODE: 'none', DATABASE_POOL_SIZE: '1' });
/** Ten requests at once, four of one service. */
const fiveConnections = loadConfig({ AUTH_MODE: 'api-key', DATABASE_POOL_SIZE: '5' });
/** More than what a socket takes from a process whose reader does not read. */
const LONG_ANSWER = Buffer.alloc(32_000_000);

interface Begun {
  readonly path: string;
  answer(body?: Buffer): void;
}

describe('the turns of services', () => {
  let server: Server;
  let turns: Turns;
  let arrived: number;
  let left: string[];
  let begun: Begun[];

  beforeEach(async () => {
    [turns, arrived, left, begun] = [new Turns(oneConnection), 0, [], []];
    server = createServer((incoming, response) => {
      const path = incoming.url!;
      arrived += 1;
      const [list, gone] = [begun, left]; // what ends with this test must not begin in the next
      response.once('close', () => gone.push(path));
      void turns.take(path.split('/')[1]!, response as Response).then(() => {
        if (path.endsWith('/waits')) endTurn(response as Response);
        list.push({ path, answer: (body) => response.end(body) });
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  /** Resolves once the server has it. @returns what ends the asking, and when it is answered */
  async function ask(path: string) {
    const before = arrived;
    const { port } = server.address() as AddressInfo;
    const asking = request({ port, path, agent: false }).end();
    asking.on('error', () => undefined);
    const answered = once(asking, 'response').then(([answer]) => (answer as IncomingMessage).resume());
    answered.catch(() => undefined);
    await waitFor(() => arrived > before);
    return { asking, answered };
  }

  const paths = () => begun.map(({ path }) => path);
  const answer = async (path: string, body?: Buffer) => begun.find((one) => one.path === path)!.answer(body);

  it('let a quiet service pass those of a busy one that have waited for longer', async () => {
    for (const n of [1, 2, 3, 4]) await ask(`/busy/${n}`);
    await ask('/quiet/1');
    expect(paths()).toEqual(['/busy/1', '/busy/2']);
    await answer('/busy/1');
    await answer('/busy/2');
    await waitFor(() => begun.length === 4);
    expect(paths().slice(2).sort()).toEqual(['/busy/3', '/quiet/1']);
  });

  it('end when a request begins to wait for something', async () => {
    for (const n of [1, 2]) await ask(`/a/${n}/waits`);
    await ask('/b/1');
    await waitFor(() => paths().includes('/b/1'));
  });

  it('end after a while for an answer that nobody reads', async () => {
    for (const n of [1, 2]) {
      const { asking } = await ask(`/slow/${n}`);
      asking.on('response', (unread: IncomingMessage) => unread.pause());
      await answer(`/slow/${n}`, LONG_ANSWER);
    }
    await ask('/b/1');
    await waitFor(() => paths().includes('/b/1'));
  });

  it('last until the answer, however long that takes and whether or not the client has left', async () => {
    const [{ asking }] = [await ask('/a/1'), await ask('/a/2')];
    asking.destroy();
    await ask('/b/1');
    await wait(1_500);
    expect(paths()).toEqual(['/a/1', '/a/2']);
    await answer('/a/1');
    await waitFor(() => paths().includes('/b/1'));
  });

  it('never begin for those who have left before', async () => {
    const gone = [await ask('/a/1'), await ask('/a/2'), await ask('/a/3'), await ask('/a/4')].slice(2);
    for (const { asking } of gone) asking.destroy();
    await ask('/a/5');
    await waitFor(() => left.length === 2);
    await answer('/a/1');
    await waitFor(() => paths().includes('/a/5'));
    expect(paths()).toEqual(['/a/1', '/a/2', '/a/5']);
  });

  it('of a service that answers nobody leave a part of the pool to the others', async () => {
    turns = new Turns(fiveConnections);
    for (const n of [1, 2, 3, 4, 5]) await ask(`/slow/${n}`);
    for (const n of [1, 2, 3, 4]) await ask(`/quick/${n}`);
    for (const n of [1, 2, 3]) await ask(`/third/${n}`);
    expect(paths()).toEqual([
      ...['/slow/1', '/slow/2', '/slow/3', '/slow/4'],
      ...['/quick/1', '/quick/2', '/quick/3', '/quick/4'],
      ...['/third/1', '/third/2'],
    ]);
    await answer('/quick/1');
    await waitFor(() => paths().includes('/third/3'));
    await answer('/slow/1');
    await waitFor(() => paths().includes('/slow/5'));
  });

  it('end once each, however a request ends', async () => {
    for (const n of [1, 2]) {
      const { answered } = await ask(`/a/${n}/waits`);
      await answer(`/a/${n}/waits`);
      await answered;
    }
    for (const n of [3, 4, 5]) await ask(`/a/${n}`);
    expect(paths()).not.toContain('/a/5');
  });
});
