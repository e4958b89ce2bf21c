import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Response } from 'express';
import { loadConfig } from '@app/platform/config';
import { waitFor } from '../../../../test/support/wait-for.js';
import { endTurn, Turns } from './turns.js';

/** One connection of the pool: two requests at once. */
const config = loadConfig({ AUTH_MODE: 'none', DATABASE_POOL_SIZE: '1' });

interface Begun {
  readonly path: string;
  answer(): void;
}

describe('the turns of services', () => {
  let server: Server;
  let turns: Turns;
  let arrived: number;
  let begun: Begun[];

  beforeEach(async () => {
    [turns, arrived, begun] = [new Turns(config), 0, []];
    server = createServer((incoming, response) => {
      const path = incoming.url!;
      arrived += 1;
      const list = begun; // what ends with this test must not begin in the next
      void turns.take(path.split('/')[1]!, response as Response).then(() => {
        if (path.endsWith('/waits')) endTurn(response as Response);
        list.push({ path, answer: () => response.end() });
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
  const answer = async (path: string) => begun.find((one) => one.path === path)!.answer();

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

  it('end after a while for one that is answered slowly', async () => {
    for (const n of [1, 2]) await ask(`/slow/${n}`);
    await ask('/b/1');
    await waitFor(() => paths().includes('/b/1'));
  });

  it('are not kept by those who have gone, before their turn or in it', async () => {
    const gone = [await ask('/a/1'), await ask('/a/2'), await ask('/a/3'), await ask('/a/4')];
    await ask('/a/5');
    for (const { asking } of gone) asking.destroy();
    await waitFor(() => paths().includes('/a/5'));
    await ask('/a/6');
    await waitFor(() => paths().includes('/a/6'));
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
