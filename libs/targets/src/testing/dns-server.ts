import { createSocket, type Socket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import type { Resolve } from '../egress/resolve.js';

const HEADER_BYTES = 12;
const TYPE_A = 1;

/** A real name server on loopback that answers questions for A records as told, with a TTL of 0. */
export class DnsServer {
  readonly questions: string[] = [];

  private constructor(
    private readonly socket: Socket,
    private readonly answer: (name: string) => readonly string[],
  ) {}

  static async start(answer: (name: string) => readonly string[]): Promise<DnsServer> {
    const socket = createSocket('udp4');
    const server = new DnsServer(socket, answer);
    socket.on('message', (query, { port, address }) => socket.send(server.replyTo(query), port, address));
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return server;
  }

  /** Asks this server, over UDP. */
  resolver(): Resolve {
    const resolver = new Resolver({ timeout: 2_000, tries: 2 });
    resolver.setServers([`127.0.0.1:${this.socket.address().port}`]);
    return async (hostname) => {
      const addresses = await resolver.resolve4(hostname);
      return addresses.map((address) => ({ address, family: 4 }));
    };
  }

  async stop(): Promise<void> {
    this.socket.close();
    await once(this.socket, 'close');
  }

  private replyTo(query: Buffer): Buffer {
    const name = nameIn(query);
    const questionEnd = HEADER_BYTES + name.length + 2 + 4;
    this.questions.push(name);
    const addresses = this.answer(name);
    const header = Buffer.from(query.subarray(0, HEADER_BYTES));
    header.writeUInt16BE(0x8180, 2); // an answer, recursion available, no error
    header.writeUInt16BE(addresses.length, 6);
    header.writeUInt32BE(0, 8); // no authority section, and without the query's EDNS record
    return Buffer.concat([header, query.subarray(HEADER_BYTES, questionEnd), ...addresses.map(recordOf)]);
  }
}

function nameIn(query: Buffer): string {
  const labels: string[] = [];
  for (let at = HEADER_BYTES; query[at]; at += query[at]! + 1) {
    labels.push(query.toString('latin1', at + 1, at + 1 + query[at]!));
  }
  return labels.join('.');
}

function recordOf(address: string): Buffer {
  const record = Buffer.alloc(16);
  record.writeUInt16BE(0xc000 | HEADER_BYTES, 0); // the question's name
  record.writeUInt16BE(TYPE_A, 2);
  record.writeUInt16BE(1, 4); // IN; the TTL stays 0
  record.writeUInt16BE(4, 10);
  Buffer.from(address.split('.').map(Number)).copy(record, 12);
  return record;
}
