import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { endTurn } from '@app/access';

/** Requests that are answered late or for a long time: each ends with its connection, and all of them with the process. */
@Injectable()
export class HeldRequests implements BeforeApplicationShutdown {
  private readonly held = new Map<Response, AbortController>();
  private stopping = false;

  /** @returns a signal that aborts when nobody listens any more, or the process is about to close its server */
  hold(response: Response): AbortSignal {
    endTurn(response);
    const controller = new AbortController();
    if (this.stopping || response.closed) {
      controller.abort();
      return controller.signal;
    }
    this.held.set(response, controller);
    response.once('close', () => {
      this.held.delete(response);
      controller.abort();
    });
    return controller.signal;
  }

  /** Runs before the server is closed, which waits for these requests, and for their connections if those are kept. */
  beforeApplicationShutdown(): void {
    this.stopping = true;
    for (const [response, controller] of this.held) {
      if (!response.headersSent) response.set('Connection', 'close');
      controller.abort();
    }
  }
}
