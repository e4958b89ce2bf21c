import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../random.js';
import type { Site } from '../site.js';
import type { ProxyMode, TcpProxy } from '../tcp-proxy.js';
import { type FaultKind, OUTAGE_RECOVERY_MS } from './fault-kind.js';

type Server = 'postgres' | 'queue';
type Way = 'refused' | 'reset' | 'frozen' | 'black-hole' | 'slow' | 'lost-answers';

const WAYS: readonly Way[] = ['refused', 'reset', 'frozen', 'black-hole', 'slow', 'lost-answers'];
/** Shorter than the 12 s after which a worker that cannot renew its lease gives up its runs. */
const [SHORTEST_MS, LONGEST_MS] = [2_000, 6_000];

/** The network between the processes and one of their servers, broken for one process or for all. */
export const NETWORK_FAULTS: readonly FaultKind[] = (['postgres', 'queue'] as const).flatMap((server) =>
  WAYS.map((way) => networkFault(server, way)),
);

function networkFault(server: Server, way: Way): FaultKind {
  return {
    kind: `${server}-${way}`,
    recoveryMs: OUTAGE_RECOVERY_MS,
    costsTries: false,
    async inflict(site, random) {
      const { victim, proxies } = chooseVictims(site, server, random);
      await breakFor(proxies, way, random.between(SHORTEST_MS, LONGEST_MS), random);
      return victim;
    },
  };
}

function chooseVictims(site: Site, server: Server, random: Random): { victim: string; proxies: TcpProxy[] } {
  const members = random.next() < 0.5 ? site.members : [random.pick(site.workers)];
  const proxies = members.map((member) => member[server]);
  return { victim: members.length === 1 ? (members[0]?.app.name ?? '') : 'every process', proxies };
}

async function breakFor(
  proxies: readonly TcpProxy[],
  way: Way,
  durationMs: number,
  random: Random,
): Promise<void> {
  switch (way) {
    case 'refused':
      for (const proxy of proxies) proxy.refuse();
      await delay(durationMs);
      await Promise.all(proxies.map((proxy) => proxy.listen()));
      return;
    case 'reset':
      for (const proxy of proxies) proxy.reset();
      return;
    case 'frozen':
      return inMode(proxies, { type: 'freeze' }, durationMs);
    case 'black-hole':
      return inMode(proxies, { type: 'black_hole' }, durationMs);
    case 'slow':
      return inMode(proxies, { type: 'delay', ms: random.between(20, 100) }, durationMs);
    case 'lost-answers':
      return inMode(proxies, { type: 'lose_answers' }, durationMs);
  }
}

async function inMode(proxies: readonly TcpProxy[], mode: ProxyMode, durationMs: number): Promise<void> {
  for (const proxy of proxies) proxy.setMode(mode);
  await delay(durationMs);
  for (const proxy of proxies) proxy.setMode({ type: 'pass' });
}
