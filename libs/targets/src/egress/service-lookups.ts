import { sharedAnswers, type Resolve } from './resolve.js';

/** Of the 16 threads of a worker as it is shipped, libuv lets half look names up; one that nobody answers for takes 10 s and more. */
export const LOOKUPS_AT_ONCE = 4;
const LOOKUPS_BUSY = 'LOOKUPS_BUSY';
/** Well below what a connection may take, so that who waits in vain is not taken for a host that is away. */
const LONGEST_WAIT_MS = 5_000;

/**
 * One service's way to the resolver, which all share: some of its names are asked for at once, and the others wait for these.
 * So a service whose names are slow to answer delays its own calls. A burst of names that answer at once is not refused.
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

/** In the order in which they were asked for, each for a limited time. */
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

/** The host was not asked for, so it tells nothing of that. */
function lookupsBusy(): Error {
  return Object.assign(new Error('the names of one service are slow to look up'), { code: LOOKUPS_BUSY });
}

/** Nobody was called, and somebody else's name is why. */
export function isLookupsBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === LOOKUPS_BUSY;
}
