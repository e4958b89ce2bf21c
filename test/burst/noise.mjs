/** Everything that a service can do to make itself felt, at once. */
import { connect } from 'node:net';

const SLOW_CLIENTS = 200;
const HOSTILE_RUNS = 20;
const NESTED = `{"name":"nested","target":${'['.repeat(5_000)}${']'.repeat(5_000)}}`;

/** @returns counts of answers by status, and `stop()`, which ends what goes on until then */
export async function makeNoise(ask, site, targets, { triggers, connections }) {
  const jobOf = async (name, more = {}) => {
    const target = { type: 'http', url: targets.url(`/${name}`) };
    return (await ask('POST', '/jobs', { name, target, ...more })).body.id;
  };
  const calls = await jobOf('ok');
  const hostile = [await jobOf('huge', { timeoutMs: 20_000 }), await jobOf('drip', { timeoutMs: 20_000 })];
  for (const id of hostile)
    for (let run = 0; run < HOSTILE_RUNS; run++) await ask('POST', `/jobs/${id}/execute`, {});
  const sockets = slowClients(site.apiUrl);
  const broken = setInterval(() => void ask('POST', '/jobs', NESTED).catch(() => undefined), 50);
  return {
    posted: postAll(ask, calls, triggers, connections),
    stop: () => {
      clearInterval(broken);
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** As fast as so many connections give, each with one request at a time. */
async function postAll(ask, jobId, triggers, connections) {
  const startedAt = performance.now();
  const statuses = {};
  let left = triggers;
  const poster = async () => {
    while (left-- > 0) {
      const { status } = await ask('POST', `/jobs/${jobId}/execute`, {});
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: connections }, poster));
  return { statuses, tookMs: performance.now() - startedAt };
}

/** Connections that send one byte of a request a second, and come again when they are cut off. */
function slowClients(url) {
  const sockets = new Set();
  const { hostname, port } = new URL(url);
  const open = () => {
    const socket = connect(Number(port), hostname);
    const timer = setInterval(() => socket.write('P'), 1_000);
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => {
      clearInterval(timer);
      sockets.delete(socket);
    });
  };
  for (let client = 0; client < SLOW_CLIENTS; client++) open();
  return sockets;
}
