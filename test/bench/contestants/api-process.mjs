/** The api of the product, or the bare handler beside it, as a process of its own that answers. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const BARE = fileURLToPath(new URL('api-bare.mjs', import.meta.url));
/** As the image sets it. */
const AS_IN_THE_IMAGE = ['--max-semi-space-size=64'];

/** @param server `ours` or `bare`. @returns what `measure` gives, called with the origin */
export async function withApi(server, measure) {
  const port = await freePort();
  const main = server === 'ours' ? path.join(process.env.BENCH_DIST, 'apps/api/src/main.js') : BARE;
  const child = fork(main, {
    env: { ...process.env, PORT: String(port), QUEUE_BACKEND: 'redis' },
    execArgv: AS_IN_THE_IMAGE,
  });
  const origin = `http://127.0.0.1:${port}`;
  try {
    await untilOk(`${origin}/jobs?limit=1`);
    return await measure(origin);
  } finally {
    child.kill('SIGTERM');
    if (child.exitCode === null) await once(child, 'exit');
  }
}

/** Asks until the answer is a success. */
export async function untilOk(url, everyMs = 50, patienceMs = 60_000) {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const isOk = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isOk) return;
    if (performance.now() > deadline) throw new Error(`${url} does not answer`);
    await delay(everyMs);
  }
}

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}
