import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { endTurn } from '@app/access';
import { tooManyHeld } from '../../executions.errors.js';

/** Of one service in one process: each looks into the database several times a second, beside all turns and rates. */
const MOST_HELD = 200;
/** So that logs, which are followed for hours, leave room for those who wait for a minute. */
const MOST_LOGS = 100;

/** What a request is held for. */
export type HeldFor = 'log' | 'run';

interface Held {
  readonly heldFor: HeldFor;
  readonly response: Response;
  readonly controller: AbortController;
}

/** Requests that are answered late or for a long time: each ends with its connection, and all of them with the process. */
@Injectable()
export class HeldRequests implements BeforeApplicationShutdown {
  private readonly services = new Map<string, Set<Held>>();
  private stopping = false;

  /**
   * @returns a signal that aborts when nobody listens any more, or the process is about to close its server
   * @throws ProblemError `too_many_held`
   */
  hold(response: Response, service: string, heldFor: HeldFor): AbortSignal {
    const signal = this.holdIfRoom(response, service, heldFor);
    if (signal === null) throw tooManyHeld(MOST_HELD, MOST_LOGS);
    return signal;
  }

  /** The same for a request that can do without; null where there is no room. */
  holdIfRoom(response: Response, service: string, heldFor: HeldFor): AbortSignal | null {
    const held = this.services.get(service) ?? new Set<Held>();
    if (!hasRoom(held, heldFor)) return null;
    endTurn(response);
    const controller = new AbortController();
    if (this.stopping || response.closed) controller.abort();
    else this.keep(service, held, { heldFor, response, controller });
    return controller.signal;
  }

  /** Runs before the server is closed, which waits for these requests, and for their connections if those are kept. */
  beforeApplicationShutdown(): void {
    this.stopping = true;
    for (const held of this.services.values())
      for (const { response, controller } of held) {
        if (!response.headersSent) response.set('Connection', 'close');
        controller.abort();
      }
  }

  /** However a request ends, `close` is the last that is heard of its response. */
  private keep(service: string, held: Set<Held>, request: Held): void {
    this.services.set(service, held.add(request));
    request.response.once('close', () => {
      held.delete(request);
      if (held.size === 0) this.services.delete(service);
      request.controller.abort();
    });
  }
}

function hasRoom(held: ReadonlySet<Held>, heldFor: HeldFor): boolean {
  if (held.size >= MOST_HELD) return false;
  return heldFor === 'run' || [...held].filter((other) => other.heldFor === 'log').length < MOST_LOGS;
}
