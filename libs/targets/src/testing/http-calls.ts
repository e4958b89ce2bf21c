import { EgressPolicy } from '../egress/egress-policy.js';
import type { Resolve } from '../egress/resolve.js';
import { HttpRunner } from '../http/http.runner.js';
import { TargetCircuits } from '../http/target-circuits.js';
import type { Outcome } from '../outcome.js';
import type { RunContext } from '../runner.js';
import type { HttpTarget } from '../target.js';
import { aContext, neverAborted, RecordingLog } from './a-run.js';
import { TargetServer, type Answer } from './target-server.js';

/** Servers on loopback and calls to them; `end` stops what a test has started. */
export class HttpCalls {
  private readonly endings: (() => Promise<void>)[] = [];

  /** @param egressAllow what the installation allows */
  constructor(private readonly egressAllow: readonly string[] = ['127.0.0.0/8']) {}

  async aServer(answer: Answer = (_, response) => response.end('ok'), host?: string): Promise<TargetServer> {
    const server = await TargetServer.start(answer, host);
    this.endAfterwards(() => server.stop());
    return server;
  }

  async call(
    url: string,
    target: Partial<HttpTarget> = {},
    context: Partial<RunContext> = {},
    signal = neverAborted(),
  ): Promise<Outcome> {
    const runner = this.aRunner();
    const http: HttpTarget = { type: 'http', method: 'POST', url, ...target };
    return runner.run(http, aContext(context), signal, new RecordingLog());
  }

  aRunner(resolve?: Resolve, circuits = new TargetCircuits(0)): HttpRunner {
    const egress = EgressPolicy.parse(this.egressAllow);
    const runner = new HttpRunner(egress, 'test-agent/1', circuits, resolve);
    this.endAfterwards(() => runner.close());
    return runner;
  }

  endAfterwards(end: () => Promise<void>): void {
    this.endings.unshift(end);
  }

  async end(): Promise<void> {
    for (const end of this.endings.splice(0)) await end();
  }
}
