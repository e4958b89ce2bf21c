import { lookup } from 'node:dns/promises';

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

/** All addresses of a name. */
export type Resolve = (hostname: string) => Promise<readonly ResolvedAddress[]>;

/**
 * Uses getaddrinfo, so that /etc/hosts and search domains work as they do elsewhere. It occupies one of the process's few
 * threads until it has an answer, so services share one answer to the same question.
 */
export function systemResolve(): Resolve {
  return sharedAnswers((hostname) => lookup(hostname, { all: true }));
}

/** Callers that ask for the same name at the same time share one answer. */
export function sharedAnswers(resolve: Resolve): Resolve {
  const inFlight = new Map<string, ReturnType<Resolve>>();
  return (hostname) => {
    const asked = inFlight.get(hostname);
    if (asked) return asked;
    const answer = resolve(hostname).finally(() => inFlight.delete(hostname));
    inFlight.set(hostname, answer);
    return answer;
  };
}
