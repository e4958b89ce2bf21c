import { Agent } from 'undici';
import { egressConnector } from '../egress/egress-connector.js';
import type { EgressPolicy } from '../egress/egress-policy.js';
import type { Resolve } from '../egress/resolve.js';
import { serviceLookups } from '../egress/service-lookups.js';

/**
 * A kept connection that the server closes while a POST is on its way gives ECONNRESET, and whether the POST was seen
 * cannot be known. So idle connections are given up before any common server does (gunicorn 2 s, Node and Apache 5 s);
 * under load they are still reused. The runner never sends a request twice: that is the retry policy's to decide.
 */
const KEEP_ALIVE_MS = 1_000;

/** Node's own default, written down so that a flag of the process cannot raise it. */
const RESPONSE_HEADERS_LIMIT_BYTES = 16 * 1024;

/** An agent without connections is some kilobytes; beyond this many the one unused for longest goes. */
const MAX_SERVICES = 500;

/** What a service may reach, and the connections it has. */
export interface ServiceAgent {
  readonly policy: EgressPolicy;
  readonly agent: Agent;
}

interface KeptAgent extends ServiceAgent {
  readonly listed: string;
}

/**
 * One undici agent for each service: a connection that one opened, by what that one may reach, never carries another's
 * request. No proxy of the environment is used: it would resolve names and connect where no check of ours is.
 */
export class ServiceAgents {
  private readonly agents = new Map<string, KeptAgent>();

  constructor(
    private readonly installation: EgressPolicy,
    private readonly resolve: Resolve,
  ) {}

  /** @param egressAllow what the service's own list adds; a change of it ends the connections that went by the old one */
  of(service: string, egressAllow: readonly string[]): ServiceAgent {
    const listed = egressAllow.join(',');
    const kept = this.agents.get(service);
    this.agents.delete(service); // and in again, as the most recently used
    const current = kept?.listed === listed ? kept : this.open(egressAllow, listed);
    this.agents.set(service, current);
    if (kept !== undefined && kept !== current) retire(kept);
    this.retireSurplus();
    return current;
  }

  async close(): Promise<void> {
    const all = [...this.agents.values()];
    this.agents.clear();
    await Promise.all(all.map(({ agent }) => agent.destroy()));
  }

  private open(egressAllow: readonly string[], listed: string): KeptAgent {
    const policy = this.installation.extendedBy(egressAllow);
    const agent = new Agent({
      connect: egressConnector(policy, serviceLookups(this.resolve)),
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      maxHeaderSize: RESPONSE_HEADERS_LIMIT_BYTES,
    });
    return { policy, agent, listed };
  }

  private retireSurplus(): void {
    const [longestUnused] = this.agents;
    if (this.agents.size <= MAX_SERVICES || longestUnused === undefined) return;
    this.agents.delete(longestUnused[0]);
    retire(longestUnused[1]);
  }
}

/** Requests under way are let finish; each has its own time limit. */
function retire({ agent }: KeptAgent): void {
  agent.close().catch(() => undefined); // it was destroyed meanwhile
}
