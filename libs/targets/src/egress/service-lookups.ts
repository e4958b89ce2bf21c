import { sharedAnswers, type Resolve } from './resolve.js';

/** libuv lets half of a worker's 16 threads look up names; a lookup that nobody answers takes 10 s or more. */
export const LOOKUPS_AT_ONCE = 4;
const LOOKUPS_BUSY = 'LOOKUPS_BUSY';
/** Well below the time limit for connecting, so that a call that waits in vain is not blamed on its host. */
const LONGEST_WAIT_MS = 5_000;

/**
 * One service's access to the resolver that all services share: a few of its lookups run at once, and the others wait.
 * So slow names delay only their own service's calls. A burst of names that resolve fast is not refused.
 */
export function serviceLookups(
  resolve: Resolve,
  atOnce = LOOKUPS_AT_ONCE,
  longestWaitMs = LONGEST_WAIT_MS,
): Resolve {
  const turns = new Turns(atOnce, longestWaitMs);
  return sharedAnswers(async (hostname) => {
    await turns.take();
    try {
      return await resolve(hostname);
    } finally {
      turns.pass();
    }
  });
}

/** First come, first served; each waits for a limited time. */
class Turns {
  private readonly waiting = new Set<() => void>();

  constructor(
    private free: number,
    private readonly longestWaitMs: number,
  ) {}

  async take(): Promise<void> {
    if (this.free > 0) this.free -= 1;
    else await this.wait();
  }

  pass(): void {
    const [next] = this.waiting;
    if (next) next();
    else this.free += 1;
  }

  private wait(): Promise<void> {
    return new Promise((resolve, reject) => {
      const begin = (): void => {
        this.waiting.delete(begin);
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.waiting.delete(begin);
        reject(lookupsBusy());
      }, this.longestWaitMs);
      this.waiting.add(begin);
    });
  }
}

/** The name was never looked up, so the error says nothing about its host. */
function lookupsBusy(): Error {
  return Object.assign(new Error('the names of one service are slow to look up'), { code: LOOKUPS_BUSY });
}

/** Nobody was called, because other names were slow. */
export function isLookupsBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === LOOKUPS_BUSY;
}
