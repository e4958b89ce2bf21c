import { Agent } from 'undici';
import { egressConnector } from '../egress/egress-connector.js';
import type { EgressPolicy } from '../egress/egress-policy.js';
import type { Resolve } from '../egress/resolve.js';
import { serviceLookups } from '../egress/service-lookups.js';

/**
 * If the server closes an idle connection just as a POST is sent on it, the POST fails with ECONNRESET, and nobody knows
 * whether the server saw it. So we close idle connections before any common server does (gunicorn 2 s, Node and Apache
 * 5 s); under load they are still reused. The runner never sends a request twice: that is for the retry policy to decide.
 */
const KEEP_ALIVE_MS = 1_000;

/** Node's default, set explicitly so that a command-line flag cannot raise it. */
const RESPONSE_HEADERS_LIMIT_BYTES = 16 * 1024;

/** An agent without connections takes a few kilobytes; beyond this many, the least recently used one is dropped. */
const MAX_SERVICES = 500;

/** What a service may reach, and its connections. */
export interface ServiceAgent {
  readonly policy: EgressPolicy;
  readonly agent: Agent;
}

interface KeptAgent extends ServiceAgent {
  readonly listed: string;
}

/**
 * One undici agent for each service: a connection was opened by one service's rules, so no other service may use it.
 * Proxies from the environment are not used: they would resolve names and connect without our checks.
 */
export class ServiceAgents {
  private readonly agents = new Map<string, KeptAgent>();

  constructor(
    private readonly installation: EgressPolicy,
    private readonly resolve: Resolve,
  ) {}

  /** @param egressAllow the service's own list; when it changes, connections opened under the old one are closed */
  of(service: string, egressAllow: readonly string[]): ServiceAgent {
    const listed = egressAllow.join(',');
    const kept = this.agents.get(service);
    this.agents.delete(service); // and re-added, as the most recently used
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

/** Requests under way may finish; each has its own time limit. */
function retire({ agent }: KeptAgent): void {
  agent.close().catch(() => undefined); // it has been destroyed meanwhile
}
