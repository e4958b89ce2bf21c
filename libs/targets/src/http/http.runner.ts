import type { Dispatcher } from 'undici';
import type { EgressPolicy } from '../egress/egress-policy.js';
import { systemResolve, type Resolve } from '../egress/resolve.js';
import { isLookupsBusy } from '../egress/service-lookups.js';
import { aborted, failed, type Outcome } from '../outcome.js';
import { Redaction } from '../redaction.js';
import type { LogSink, RunContext, Runner } from '../runner.js';
import { invalidTarget, unsignable } from '../target-faults.js';
import type { HttpTarget } from '../target.js';
import {
  circuitOpen,
  egressDenied,
  foundNobody,
  notLookedUp,
  outcomeOfError,
  wasNeverSent,
} from './http-error.js';
import { buildRequest, faultOfRequest, redirectedRequest, type HttpRequest } from './http-request.js';
import { readResponse, type HttpAnswer } from './http-response.js';
import { isSuccess, outcomeOfStatus } from './http-status.js';
import { ServiceAgents, type ServiceAgent } from './service-agents.js';
import { type CircuitCall, TargetCircuits } from './target-circuits.js';
import { signatureHeaders } from './webhook-signature.js';

const MAX_REDIRECTS = 3;
const REDIRECT_STATUS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** So that even a late signal comes first and ends a run that took too long. */
const IDLE_TIMEOUT_SLACK_MS = 1_000;

/** What every hop of one run needs. */
interface Call {
  readonly target: HttpTarget;
  readonly context: RunContext;
  readonly signal: AbortSignal;
  readonly log: LogSink;
  readonly redaction: Redaction;
  readonly circuit: CircuitCall;
}

/** Calls an HTTP endpoint once and reports the outcome. */
export class HttpRunner implements Runner<HttpTarget> {
  private readonly agents: ServiceAgents;

  constructor(
    egress: EgressPolicy,
    private readonly userAgent: string,
    private readonly circuits: TargetCircuits,
    resolve: Resolve = systemResolve(),
  ) {
    this.agents = new ServiceAgents(egress, resolve);
  }

  async run(target: HttpTarget, context: RunContext, signal: AbortSignal, log: LogSink): Promise<Outcome> {
    if (!URL.canParse(target.url)) return invalidTarget('the URL is not valid');
    if (context.grants.signingSecrets[0] === null) return unsignable();
    const url = new URL(target.url);
    const circuit = this.circuits.enter(context.grants.service, url.origin, context.mayGoUncalled);
    if ('retryInMs' in circuit) return circuitOpen(url.origin, circuit.retryInMs);
    const redaction = Redaction.of(context.grants.secrets);
    const call = { target, context, signal, log, redaction, circuit };
    try {
      return await this.follow(call, buildRequest(target, url, context, this.userAgent));
    } finally {
      circuit.ended();
    }
  }

  /** Closes the connections that are still open. */
  async close(): Promise<void> {
    await this.agents.close();
  }

  private async follow(call: Call, first: HttpRequest): Promise<Outcome> {
    let request = first;
    for (let redirects = 0; ; redirects++) {
      const answer = await this.send(call, request);
      if ('type' in answer) return answer;
      const next = nextRequest(call.target, request, answer);
      if (next === null)
        return outcomeOfStatus(answer.result, call.target.successStatus, answeredAtMs(answer, call.context));
      if (redirects === MAX_REDIRECTS) return tooManyRedirects(answer);
      if (carriesSecretAway(call, request, next)) return secretRedirected();
      request = next;
    }
  }

  /** One hop: a complete answer, or an outcome if there is none. */
  private async send(call: Call, request: HttpRequest): Promise<HttpAnswer | Outcome> {
    if (call.signal.aborted) return aborted(call.signal);
    const { grants } = call.context;
    const { agent, policy } = this.agents.of(grants.service, grants.egressAllow);
    const refusal = policy.refusalOfUrl(request.url);
    if (refusal !== null) return egressDenied(refusal);
    const fault = faultOfRequest(request);
    if (fault !== null) return invalidTarget(fault);
    try {
      const response = await dispatch(agent, call, request);
      call.circuit.answered();
      const answer = await readResponse(response, call.redaction);
      void call.log.write('system', `${request.method} ${shown(request.url)}: ${answer.result.statusCode}\n`);
      return answer.error === null ? answer : brokenOff(call, answer.error, answer.result);
    } catch (error) {
      return unanswered(call, request, error);
    }
  }
}

/** The signal is the total limit and comes first; undici's two own time-outs would otherwise be five minutes. */
function dispatch(
  agent: ServiceAgent['agent'],
  { context, signal }: Call,
  request: HttpRequest,
): Promise<Dispatcher.ResponseData> {
  const idleTimeoutMs = context.timeoutMs + IDLE_TIMEOUT_SLACK_MS;
  const signingSecrets = context.grants.signingSecrets.filter((secret) => secret !== null);
  const signed = signatureHeaders(request, context.executionId, signingSecrets, context.now().getTime());
  return agent.request({
    origin: request.url.origin,
    path: `${request.url.pathname}${request.url.search}`,
    method: request.method,
    headers: { ...request.headers, ...signed },
    body: request.body,
    signal,
    headersTimeout: idleTimeoutMs,
    bodyTimeout: idleTimeoutMs,
  });
}

/**
 * A call whose name was not looked up waits. So does a probe that could not connect, like the calls it went ahead of:
 * it was never sent, so it costs no attempt.
 */
function unanswered(call: Call, { url }: HttpRequest, error: unknown): Outcome {
  if (isLookupsBusy(error) && call.context.mayGoUncalled) return notLookedUp();
  if (!foundNobody(error, call.signal)) return brokenOff(call, error, null);
  const deferral = call.circuit.failed(wasNeverSent(error));
  return deferral ? circuitOpen(url.origin, deferral.retryInMs) : brokenOff(call, error, null);
}

function brokenOff(call: Call, error: unknown, result: HttpAnswer['result'] | null): Outcome {
  return call.signal.aborted ? aborted(call.signal, result) : outcomeOfError(error, result);
}

/** Null for the last answer of a run: no redirect, one that is not to be followed, or one that counts as success. */
function nextRequest(target: HttpTarget, request: HttpRequest, answer: HttpAnswer): HttpRequest | null {
  const { location } = answer;
  const { statusCode } = answer.result;
  if (!target.followRedirects || !REDIRECT_STATUS.has(statusCode)) return null;
  if (isSuccess(statusCode, target.successStatus)) return null;
  if (location === null || !URL.canParse(location, request.url.href)) return null;
  return redirectedRequest(request, statusCode, new URL(location, request.url));
}

/** A job's headers are not sent to another origin, but with a 307 or 308 its body would be. */
function carriesSecretAway({ redaction }: Call, from: HttpRequest, to: HttpRequest): boolean {
  return to.body !== null && to.url.origin !== from.url.origin && redaction.text(to.body) !== to.body;
}

function secretRedirected(): Outcome {
  return egressDenied('the target redirected a body that holds a secret to another origin');
}

/** A target's dates are by its own clock, which its `Date` header usually gives. */
function answeredAtMs({ result }: HttpAnswer, { now }: RunContext): number {
  const told = Date.parse(result.headers?.date ?? '');
  return Number.isNaN(told) ? now().getTime() : told;
}

function tooManyRedirects({ result }: HttpAnswer): Outcome {
  const message = `the target redirected more than ${MAX_REDIRECTS} times`;
  return failed('status', { type: 'too_many_redirects', message }, { result });
}

/** Without the query: it may contain a secret, and more people read logs than jobs. */
function shown(url: URL): string {
  return `${url.origin}${url.pathname}`;
}
