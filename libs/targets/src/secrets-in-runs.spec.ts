import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Outcome } from './outcome.js';
import type { Target } from './target.js';
import { TargetRunners } from './target-runners.js';
import { aContext, aGrant, neverAborted, RecordingLog } from './testing/a-run.js';
import { HttpCalls } from './testing/http-calls.js';

const SECRET = 'tok/en+of=8 "chars"';

describe('a run with secrets', () => {
  const http = new HttpCalls();
  let log: RecordingLog;

  beforeEach(() => void (log = new RecordingLog()));
  afterEach(() => http.end());

  async function run(target: Target, value: string | null = SECRET): Promise<Outcome> {
    const runners = TargetRunners.fromOptions({
      egressAllow: ['127.0.0.0/8'],
      commandTargets: 'enabled',
      circuitFailures: 5,
    });
    http.endAfterwards(() => runners.close());
    const grants = aGrant({ secrets: new Map([['S', value]]) });
    return runners.run(target, aContext({ grants }), neverAborted(), log);
  }

  it('sends them, and blots out what the target echoes in body, headers and log', async () => {
    const server = await http.aServer(({ path, headers, body }, response) => {
      response.writeHead(200, { 'x-request-id': headers.authorization, location: path });
      response.end(JSON.stringify({ path, body, auth: headers.authorization }));
    });
    const outcome = await run({
      type: 'http',
      method: 'POST',
      url: `${server.url}/{{secret.S}}?k={{secret.S}}`,
      headers: { Authorization: 'Bearer {{secret.S}}' },
      body: { k: '{{secret.S}}' },
    });
    const [request] = server.received;
    expect(request).toMatchObject({
      headers: { authorization: `Bearer ${SECRET}` },
      body: JSON.stringify({ k: SECRET }),
    });
    expect(new URL(request!.path, server.url).searchParams.get('k')).toBe(SECRET);
    expect(outcome).toMatchObject({
      type: 'succeeded',
      result: { headers: { 'x-request-id': 'Bearer [redacted]' } },
    });
    for (const part of ['tok/en', 'chars', 'tok%2Fen']) {
      expect(JSON.stringify(outcome) + log.text.system).not.toContain(part);
    }
    expect(log.text.system).toMatch(/POST http:\/\/127\.0\.0\.1:\d+\/\[redacted\]: 200/);
  });

  it('blots them out of a header before it is cut', async () => {
    const server = await http.aServer(({ headers }, response) =>
      response.writeHead(200, { 'x-request-id': 'x'.repeat(990) + headers.authorization }).end(),
    );
    const headers = { Authorization: 'Bearer {{secret.S}}' };
    const outcome = await run({ type: 'http', method: 'GET', url: server.url, headers });
    expect(outcome.result?.headers?.['x-request-id']).toBe(`${'x'.repeat(990)}Bearer [re`);
  });

  it('shows what only began like one, but not where an answer breaks off', async () => {
    const beginning = `said: ${SECRET.slice(0, -1)}`;
    const server = await http.aServer(({ path }, response) => {
      if (path === '/whole') return response.end(beginning);
      response.writeHead(200, { 'content-length': '1000' });
      return response.write(beginning, () => response.destroy());
    });
    const target = { type: 'http', method: 'POST', body: '{{secret.S}}' } as const;
    const whole = await run({ ...target, url: `${server.url}/whole` });
    expect(whole).toMatchObject({ type: 'succeeded', result: { output: beginning, truncated: false } });
    const brokenOff = await run({ ...target, url: server.url });
    expect(brokenOff).toMatchObject({ cause: 'network', result: { output: 'said: ', truncated: true } });
  });

  it('shows no half of one where an answer is too long to be read to its end', async () => {
    const long = Array.from({ length: 3_000 }, (_, index) => String(index)).join('');
    const server = await http.aServer((_, response) => response.end(long.repeat(150)));
    const target = { type: 'http', method: 'POST', url: server.url, body: '{{secret.S}}' } as const;
    const { result } = await run(target, long);
    expect(result?.output).toMatch(/^(\[redacted\])+$/);
    expect(result?.truncated).toBe(true);
  });

  it('shows what only began like one of a command that ended, but not of one that was killed', async () => {
    const target = { type: 'command', command: 'sh', env: { K: '{{secret.S}}' } } as const;
    const begun = 'printf %s "k=${K%?}"';
    const ended = await run({ ...target, args: ['-c', begun] });
    expect(ended).toMatchObject({ type: 'succeeded', result: { output: `k=${SECRET.slice(0, -1)}` } });
    const killed = await run({ ...target, args: ['-c', `${begun}; kill -9 $$`] });
    expect(killed).toMatchObject({ type: 'failed', result: { output: 'k=' } });
    expect(log.text.stdout).toBe(`k=${SECRET.slice(0, -1)}k=`);
  });

  it('blots out what a command prints on either stream', async () => {
    const target = { type: 'command', command: 'sh', env: { K: '{{secret.S}}' } } as const;
    const outcome = await run({
      ...target,
      args: ['-c', 'echo "k=$K"; echo "e=$K" >&2; printf %s "$K" | base64'],
    });
    expect(outcome.result?.output.replace(/=*\n$/, '')).toBe('k=[redacted]\n[redacted]');
    expect(log.text).toMatchObject({ stderr: 'e=[redacted]\n' });
  });

  it.each([
    ['ends a line', 'Bearer x\r\nX-Injected: 1'],
    ['has a line feed', 'eight chars\n'],
    ['is not Latin-1', 'pässwörd-\u20ac'],
  ])('fails clean before anything is sent when one for a header %s', async (_, value) => {
    const server = await http.aServer();
    const target = {
      type: 'http',
      method: 'GET',
      url: server.url,
      headers: { 'X-Key': '{{secret.S}}' },
    } as const;
    expect(await run(target, value)).toMatchObject({
      type: 'failed',
      cause: 'target',
      error: {
        type: 'invalid_target',
        message: 'the header x-key has line breaks or characters beyond Latin-1',
      },
    });
    expect(server.connections).toBe(0);
  });

  it('does not follow a redirect that takes a body with one to another origin', async () => {
    const other = await http.aServer();
    const front = await http.aServer((_, response) => response.writeHead(307, { location: other.url }).end());
    const target = { type: 'http', method: 'POST', url: front.url, followRedirects: true } as const;
    expect(await run({ ...target, body: 'k={{secret.S}}' })).toMatchObject({ cause: 'egress' });
    expect(other.connections).toBe(0);
    expect(await run({ ...target, body: 'nothing secret' })).toMatchObject({ type: 'succeeded' });
  });

  it('sends nothing when one is missing, or makes the request too large', async () => {
    const server = await http.aServer();
    const target = { type: 'http', method: 'POST', url: server.url } as const;
    expect(await run({ ...target, body: '{{secret.OTHER}}' })).toMatchObject({
      error: { type: 'secret_missing' },
    });
    const headers = Object.fromEntries([1, 2, 3].map((n) => [`x-${n}`, '{{secret.S}}']));
    expect(await run({ ...target, headers }, 'x'.repeat(16_000))).toMatchObject({
      error: { type: 'invalid_target' },
    });
    expect(server.connections).toBe(0);
  });
});
