import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { firstFreePort, isPortFree, requireFreePort } from './ports.js';

const host = '127.0.0.1';

describe('ports', () => {
  let occupant: Server;
  let port: number;

  beforeEach(async () => {
    occupant = createServer().listen(0, host);
    await once(occupant, 'listening');
    port = (occupant.address() as AddressInfo).port;
  });

  afterEach(() => {
    occupant.close();
  });

  it('tells a port in use from a free one', async () => {
    expect(await isPortFree(port, host)).toBe(false);
    occupant.close();
    expect(await isPortFree(port, host)).toBe(true);
  });

  it('passes over ports in use', async () => {
    expect(await firstFreePort(port, host)).toBeGreaterThan(port);
  });

  it('names the port and the variable when it stays in use', async () => {
    await expect(requireFreePort('PORT', port, host, 0)).rejects.toThrow(
      new RegExp(`Port ${port} on 127.0.0.1 is in use.*PORT=\\d+ npm start`),
    );
  });

  it('waits for a predecessor to let go', async () => {
    setTimeout(() => occupant.close(), 50);

    await expect(requireFreePort('PORT', port, host, 5_000)).resolves.toBeUndefined();
  });

  it('says what to change when the address is not one of this machine', async () => {
    await expect(isPortFree(port, '192.0.2.1')).rejects.toThrow(
      /Cannot listen on 192\.0\.2\.1.*EADDRNOTAVAIL.*HOST=/,
    );
  });
});
