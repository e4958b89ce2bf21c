import type { Response } from 'express';
import { Gauge } from 'prom-client';

const clients = new Gauge({
  name: 'scheduler_sse_clients',
  help: 'Connections that follow a log at this moment.',
});

/** Counts a stream from now to its connection's end. */
export function countClient(response: Response): void {
  if (response.closed) return;
  clients.inc();
  response.once('close', () => clients.dec());
}
