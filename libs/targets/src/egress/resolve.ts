import { lookup } from 'node:dns/promises';

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

/** All addresses of a name. */
export type Resolve = (hostname: string) => Promise<readonly ResolvedAddress[]>;

/**
 * getaddrinfo, so that /etc/hosts and search domains mean what they mean elsewhere. It keeps one of the process's few
 * threads until it has an answer, so services share the answer to one question, too.
 */
export function systemResolve(): Resolve {
  return sharedAnswers((hostname) => lookup(hostname, { all: true }));
}

/** Questions asked at once share one answer. */
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
