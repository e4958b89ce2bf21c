/** Another service, which asks and runs five times a second and takes the time of both. */
import { setTimeout as wait } from 'node:timers/promises';

const EVERY_MS = 200;
const PATIENCE_MS = 60_000;

export class Neighbour {
  constructor(ask, targets) {
    this.ask = ask;
    this.targets = targets;
  }

  async prepare() {
    const target = { type: 'http', url: this.targets.url('/ok') };
    this.jobId = (await this.ask('POST', '/jobs', { name: 'quiet', target })).body.id;
  }

  /** Until `isOver`. @returns times of requests, and of runs from the asking to the call at the target */
  async measure(isOver) {
    const [requests, runs, failures, under] = [[], [], [], new Set()];
    while (!isOver()) {
      const one = this.#once(requests, runs, failures).finally(() => under.delete(one));
      under.add(one);
      await wait(EVERY_MS);
    }
    await Promise.all(under);
    return { requests, runs, failures };
  }

  async #once(requests, runs, failures) {
    const startedAt = performance.now();
    try {
      const read = await this.ask('GET', '/jobs');
      requests.push(performance.now() - startedAt);
      const askedAt = performance.now();
      const { status, body } = await this.ask('POST', `/jobs/${this.jobId}/execute`, {});
      requests.push(performance.now() - askedAt);
      if (read.status !== 200 || status !== 202) failures.push(`${read.status} ${status}`);
      else runs.push((await this.#arrivalOf(body.id)) - askedAt);
    } catch (error) {
      failures.push(String(error.cause ?? error));
    }
  }

  async #arrivalOf(id) {
    const deadline = performance.now() + PATIENCE_MS;
    while (!this.targets.arrivals.has(id)) {
      if (performance.now() > deadline) throw new Error('a run did not begin');
      await wait(5);
    }
    return this.targets.arrivals.get(id);
  }
}
