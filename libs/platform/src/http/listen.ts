import { type INestApplication } from '@nestjs/common';
import { once } from 'node:events';
import { type AddressInfo } from 'node:net';
import { type Server } from 'node:http';

/** Starts to listen and answers where. Nest's own `listen` logs a stack on failure; here the caller tells it, once. */
export async function listen(app: INestApplication, port: number, host: string): Promise<string> {
  await app.init();
  const server = app.getHttpServer() as Server;
  server.listen(port, host);
  await once(server, 'listening');
  const { address, port: actualPort, family } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${actualPort}`;
}
