import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startServices } from '../../scripts/testing/services.mjs';
import { spreadOf } from '../bench/harness/statistics.mjs';
import { Neighbour } from './neighbour.mjs';
import { makeNoise } from './noise.mjs';
import { Site } from './site.mjs';
import { Targets } from './targets.mjs';

const ALONE_MS = 10_000;
const LIMIT_MS = 2_000;
const DRAINED_WITHIN_MS = 300_000;

/** @returns whether all went well on each backend */
export async function burst(args) {
  const { values } = parseArgs({
    args,
    options: {
      triggers: { type: 'string', default: '10000' },
      backend: { type: 'string' },
      connections: { type: 'string', default: '100' },
    },
  });
  const services = await startServices(new AbortController().signal);
  try {
    const backends = values.backend ? [values.backend] : ['redis', 'postgres'];
    const size = { triggers: Number(values.triggers), connections: Number(values.connections) };
    const verdicts = [];
    for (const backend of backends) verdicts.push(await burstOn(backend, services.env, size));
    return verdicts.every(Boolean);
  } finally {
    await services.stop();
  }
}

async function burstOn(backend, env, size) {
  const [targets, site] = [await Targets.start(), await Site.start(backend, env)];
  try {
    const neighbour = new Neighbour(await site.clientOf('quiet'), targets);
    await neighbour.prepare();
    const until = performance.now() + ALONE_MS;
    const alone = await neighbour.measure(() => performance.now() > until);
    const noise = await makeNoise(await site.clientOf('noisy'), site, targets, size);
    let posted = null;
    let drained = false;
    const watching = noise.posted.then(async (answer) => {
      posted = answer;
      drained = await untilDrained(site);
      posted.isOver = true;
    });
    const meanwhile = await neighbour.measure(() => posted?.isOver === true);
    await watching;
    noise.stop();
    return report(backend, {
      alone,
      meanwhile,
      posted,
      drained,
      states: await site.states(),
      well: await site.isWell(),
    });
  } finally {
    await site.stop();
    await targets.stop();
  }
}

/** @returns whether all that the noisy one asked for has ended */
async function untilDrained(site) {
  const deadline = performance.now() + DRAINED_WITHIN_MS;
  const isOpen = ({ service, state }) => service === 'noisy' && /pending|queued|running/.test(state);
  while ((await site.states()).some(isOpen)) {
    if (performance.now() > deadline) return false;
    await wait(500);
  }
  return true;
}

function report(backend, { alone, meanwhile, posted, drained, states, well }) {
  const line = (times) => {
    const { p50, p99, max } = spreadOf(times);
    return `p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms, max ${max.toFixed(0)} ms of ${times.length}`;
  };
  const isFast = [meanwhile.requests, meanwhile.runs].every((times) => spreadOf(times).p99 < LIMIT_MS);
  console.log(`\n${backend}: ${JSON.stringify(posted.statuses)} in ${(posted.tookMs / 1_000).toFixed(1)} s`);
  console.log(`  the other's requests: alone ${line(alone.requests)}; meanwhile ${line(meanwhile.requests)}`);
  console.log(`  the other's starts:   alone ${line(alone.runs)}; meanwhile ${line(meanwhile.runs)}`);
  console.log(
    `  runs: ${states.map(({ service, state, runs }) => `${service} ${state} ${runs}`).join(', ')}`,
  );
  const faults = [...alone.failures, ...meanwhile.failures];
  const isGood = isFast && drained && well && faults.length === 0;
  console.log(
    `  all ended: ${drained}; well: ${well}; failures: ${faults.length === 0 ? 'none' : faults.slice(0, 5).join(', ')}`,
  );
  console.log(`  ${isGood ? 'GOOD' : 'NOT GOOD'}: p99 below ${LIMIT_MS} ms is asked for`);
  return isGood;
}
