import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/**
 * - `pass`: as if it were not there
 * - `freeze`: nothing moves; afterwards all goes on, as after lost packets
 * - `black_hole`: nothing moves, and what was said meanwhile is gone: those connections are never answered again
 * - `delay`: each piece arrives that much later
 * - `lose_answers`: requests arrive; the answer is dropped and the connection reset
 */
export type ProxyMode =
  | { readonly type: 'pass' | 'freeze' | 'black_hole' | 'lose_answers' }
  | { readonly type: 'delay'; readonly ms: number };

export const PASS: ProxyMode = { type: 'pass' };

/** Stands between one process and one server, and does to their connections what networks do. */
export class TcpProxy {
  private server: Server | null = null;
  private readonly pairs = new Set<ProxiedPair>();
  private mode: ProxyMode = PASS;
  private listeningPort = 0;

  constructor(private targetPort: number) {}

  get port(): number {
    return this.listeningPort;
  }

  /** On the port it had before, if it had one. */
  async listen(): Promise<this> {
    if (this.server) return this;
    this.server = createServer((client) => this.accept(client));
    this.server.listen(this.listeningPort, '127.0.0.1');
    await once(this.server, 'listening');
    this.listeningPort = (this.server.address() as AddressInfo).port;
    return this;
  }

  /** As an address that moves to another server: who is connected has to connect anew. */
  switchTo(targetPort: number): void {
    this.targetPort = targetPort;
    this.reset();
  }

  /** Nobody listens any more: connections are reset, and new ones refused. */
  refuse(): void {
    this.server?.close();
    this.server = null;
    this.reset();
  }

  reset(): void {
    for (const pair of this.pairs) pair.reset();
  }

  setMode(mode: ProxyMode): void {
    this.mode = mode;
    for (const pair of this.pairs) pair.onModeChanged(mode);
  }

  private accept(client: Socket): void {
    const pair = new ProxiedPair(client, connect(this.targetPort, '127.0.0.1'), () => this.mode);
    this.pairs.add(pair);
    pair.onClosed(() => this.pairs.delete(pair));
  }
}

/** One connection and its continuation to the server. */
class ProxiedPair {
  /** Once something was swallowed, the stream has a hole and must never go on. */
  private isDead = false;
  private held: (() => void)[] = [];

  constructor(
    private readonly client: Socket,
    private readonly server: Socket,
    private readonly modeNow: () => ProxyMode,
  ) {
    for (const socket of [client, server]) socket.setNoDelay(true).on('error', () => this.reset());
    client.on('data', (chunk) => this.carry(server, chunk));
    server.on('data', (chunk) => this.carry(client, chunk));
    client.on('end', () => this.pass(() => server.end()));
    server.on('end', () => this.pass(() => client.end()));
  }

  onClosed(listener: () => void): void {
    this.client.once('close', () => {
      this.server.destroy();
      listener();
    });
  }

  onModeChanged(mode: ProxyMode): void {
    if (mode.type === 'black_hole') this.isDead = true;
    if (mode.type !== 'pass') return;
    for (const go of this.held.splice(0)) go();
  }

  reset(): void {
    this.client.resetAndDestroy();
    this.server.resetAndDestroy();
  }

  private carry(to: Socket, chunk: Buffer): void {
    if (this.modeNow().type === 'lose_answers' && to === this.client) return this.reset();
    this.pass(() => to.write(chunk));
  }

  private pass(go: () => void): void {
    const mode = this.modeNow();
    if (mode.type === 'black_hole') this.isDead = true;
    if (this.isDead) return;
    if (mode.type === 'freeze' || this.held.length > 0) this.held.push(go);
    else if (mode.type === 'delay') setTimeout(go, mode.ms);
    else go();
  }
}
