import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Arrival, askedScheduleOf, isAnsweredWell, slotOf } from '../checker/history.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * The ground truth: a server that writes down each call when it comes and when it ends, and answers as its path says:
 * `/<delayMs>/<refusals>` answers 200 after the delay, and 503 to that many first calls of each execution.
 */
export class TargetLog {
  readonly arrivals: Arrival[] = [];
  private readonly answeredSlots = new Set<string>();
  private readonly callsOfExecution = new Map<string, number>();
  private port = 0;
  private isAway = false;
  private readonly server = createServer((request, response) => this.onCall(request, response));

  async start(): Promise<this> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
    return this;
  }

  url(delayMs: number, refusals: number): string {
    return `http://127.0.0.1:${this.port}/${delayMs}/${refusals}`;
  }

  hasAnswered(slot: { readonly scheduleId: string; readonly scheduledFor: number }): boolean {
    return this.answeredSlots.has(slotOf(slot));
  }

  /** Refuses connections from now on; calls that it has are answered, each the last of its connection. */
  goAway(): void {
    this.isAway = true;
    this.server.close();
  }

  /** Where it was before. */
  async comeBack(): Promise<void> {
    this.isAway = false;
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
  }

  async stop(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  private onCall(request: IncomingMessage, response: ServerResponse): void {
    const arrival = arrivalOf(request);
    this.arrivals.push(arrival);
    request.resume();
    const [delayMs, refusals] = numbersOf(request.url ?? '');
    const status = this.countCall(arrival.executionId) <= refusals ? 503 : 200;
    const answer = () => response.writeHead(status, this.isAway ? { connection: 'close' } : {}).end('ok');
    const timer = setTimeout(answer, delayMs);
    response.once('close', () => {
      clearTimeout(timer);
      this.onEnd(arrival, response.writableFinished ? status : null);
    });
  }

  private countCall(executionId: string): number {
    const calls = (this.callsOfExecution.get(executionId) ?? 0) + 1;
    this.callsOfExecution.set(executionId, calls);
    return calls;
  }

  private onEnd(arrival: Mutable<Arrival>, status: number | null): void {
    arrival.endedAt = Date.now();
    arrival.status = status;
    if (isAnsweredWell(arrival)) this.answeredSlots.add(slotOf(arrival));
  }
}

function arrivalOf({ headers }: IncomingMessage): Mutable<Arrival> {
  const header = (name: string): string => String(headers[`x-scheduler-${name}`] ?? '');
  return {
    executionId: header('execution-id'),
    scheduleId: header('schedule-id') || askedScheduleOf(header('job-id')),
    scheduledFor: Date.parse(header('scheduled-for')),
    attempt: Number(header('attempt')),
    at: Date.now(),
    endedAt: null,
    status: null,
  };
}

function numbersOf(path: string): [number, number] {
  const [delayMs = 0, refusals = 0] = path.split('/').filter(Boolean).map(Number);
  return [delayMs, refusals];
}
