/**
 * The mission's traffic, 6,000 requests a minute, times ten: requests leave when the clock says so, answered or not, so that a
 * slow answer shows in those behind it.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'undici';
import { spreadOf } from '../harness/statistics.mjs';
import { jobIds, prepare } from './api.mjs';
import { withApi } from './api-process.mjs';

export { prepare };

const PER_SECOND = 1_000;
/** Requests/s and for how long, until the process is as warm as one that runs for weeks. */
const WARM_UP = [
  [PER_SECOND / 5, 5_000],
  [PER_SECOND / 2, 5_000],
  [PER_SECOND, 10_000],
];
const MEASURE_MS = 60_000;
const CONNECTIONS = 64;

/** Of a hundred requests; mostly people and services that look. */
const SHARES = { job: 35, jobs: 15, history: 20, execution: 15, execute: 10, change: 5 };

/** @param apis how many processes share the traffic, by turns as behind a load balancer */
export async function measure({ apis }) {
  const ids = await jobIds();
  return withApis(apis, async (origins) => {
    const options = { connections: CONNECTIONS / apis, pipelining: 1 };
    const pools = origins.map((origin) => new Pool(origin, options));
    const traffic = new Traffic(pools, ids);
    for (const [perSecond, ms] of WARM_UP) await traffic.run(perSecond, ms);
    traffic.forget();
    await traffic.run(PER_SECOND, MEASURE_MS);
    for (const pool of pools) await pool.close();
    return traffic.figures(MEASURE_MS);
  });
}

function withApis(count, measureAll, origins = []) {
  if (origins.length === count) return measureAll(origins);
  return withApi('ours', (origin) => withApis(count, measureAll, [...origins, origin]));
}

class Traffic {
  #times = [];
  #errors = 0;
  #count = 0;
  #latest = null;

  constructor(pools, jobIds) {
    this.pools = pools;
    this.jobIds = jobIds;
    this.kinds = Object.entries(SHARES).flatMap(([kind, share]) => Array(share).fill(kind));
  }

  forget() {
    this.#times = [];
    this.#errors = 0;
  }

  figures(ms) {
    return { ...spreadOf(this.#times), perSecond: (this.#times.length * 1_000) / ms, errors: this.#errors };
  }

  /** Open loop: what a late timer has missed leaves at once, and its time counts from when it was due. */
  async run(perSecond, ms) {
    const startedAt = performance.now();
    const all = (perSecond * ms) / 1_000;
    const open = [];
    for (let sent = 0; sent < all;) {
      const due = Math.min(all, ((performance.now() - startedAt) * perSecond) / 1_000);
      for (; sent < due; sent++) open.push(this.#send(startedAt + (sent * 1_000) / perSecond));
      await delay(1);
    }
    await Promise.all(open);
  }

  async #send(dueAt) {
    // 37 is prime to 100: the kinds come mixed, and every run has the same order.
    const round = this.#count++;
    const kind = this.kinds[(round * 37) % this.kinds.length];
    try {
      const { method = 'GET', path, body } = this.#request(kind);
      const answer = await this.#poolOf(round).request({
        method,
        path,
        ...(body && { body: JSON.stringify(body), headers: { 'content-type': contentTypeOf(method) } }),
      });
      const text = await answer.body.text();
      if (answer.statusCode >= 300) this.#errors++;
      else if (kind === 'execute') this.#latest = JSON.parse(text).id;
    } catch {
      this.#errors++;
    }
    this.#times.push(performance.now() - dueAt);
  }

  /** Another one with each hundred requests: by single turns each api would have its own half of the kinds. */
  #poolOf(round) {
    return this.pools[(round + Math.floor(round / 100)) % this.pools.length];
  }

  #request(kind) {
    const id = this.jobIds[(this.#count * 7_919) % this.jobIds.length];
    switch (kind) {
      case 'job':
        return { path: `/jobs/${id}` };
      case 'jobs':
        return { path: '/jobs?limit=50' };
      case 'history':
        return { path: `/jobs/${id}/executions` };
      case 'execution':
        return { path: this.#latest ? `/executions/${this.#latest}` : `/jobs/${id}` };
      case 'execute':
        return { method: 'POST', path: `/jobs/${id}/execute`, body: {} };
      case 'change':
        return { method: 'PATCH', path: `/jobs/${id}`, body: { description: `seen ${this.#count}` } };
    }
  }
}

function contentTypeOf(method) {
  return method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
}
