import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import type { RunContext } from '../runner.js';
import { aGrant } from '../testing/a-run.js';
import { HttpCalls } from '../testing/http-calls.js';
import type { ReceivedRequest } from '../testing/target-server.js';
import { signatureHeaders } from './webhook-signature.js';

const aSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;
const [NEW, OLD, FOREIGN] = [aSecret(), aSecret(), aSecret()];

const signedBy = (...signingSecrets: (string | null)[]): Partial<RunContext> => ({
  grants: aGrant({ signingSecrets }),
});

function verify(secret: string, { body, headers }: ReceivedRequest): void {
  new Webhook(secret).verify(body, headers as Record<string, string>, { jsonParse: false });
}

describe('signed calls', () => {
  const http = new HttpCalls();

  afterEach(() => http.end());

  it.each([
    ['JSON', { body: { é: [1, '€'] } }],
    ['text', { body: 'a=1&b=ü' }],
    ['the run itself', {}],
    ['nothing', { method: 'GET' }],
  ] as const)(
    'with %s as body are verified with the new secret and the old, and with no other',
    async (_, target) => {
      const server = await http.aServer();
      await http.call(server.url, target, signedBy(NEW, OLD));
      const [request] = server.received;
      for (const secret of [NEW, OLD]) expect(() => verify(secret, request!)).not.toThrow();
      expect(() => verify(FOREIGN, request!)).toThrow('No matching signature');
      expect(() => verify(NEW, { ...request!, body: `${request!.body} ` })).toThrow('No matching signature');
      expect(request!.headers['webhook-signature']).toMatch(/^v1,[\w+/]{43}= v1,[\w+/]{43}=$/);
    },
  );

  it('keep their id from attempt to attempt, with a time and a signature of each', () => {
    const id = '0198a000-0000-7000-8000-000000000001';
    const [first, second] = [1_000, 2_500].map((nowMs) => signatureHeaders({ body: '{}' }, id, [NEW], nowMs));
    expect([first?.['webhook-id'], second?.['webhook-id']]).toEqual([id, id]);
    expect([first?.['webhook-timestamp'], second?.['webhook-timestamp']]).toEqual(['1', '2']);
    expect(first?.['webhook-signature']).not.toBe(second?.['webhook-signature']);
  });

  it('are signed anew where a redirect leads, over what is sent there', async () => {
    const server = await http.aServer(({ path }, response) =>
      path === '/' ? response.writeHead(303, { location: '/there' }).end() : response.end('arrived'),
    );
    await http.call(server.url, { body: 'x', followRedirects: true }, signedBy(NEW));
    expect(server.received.map(({ body }) => body)).toEqual(['x', '']);
    for (const request of server.received) expect(() => verify(NEW, request)).not.toThrow();
  });

  it('are not what a service without a signing secret sends, whatever a job sets', async () => {
    const server = await http.aServer();
    await http.call(server.url, { headers: { 'Webhook-Signature': 'v1,forged' } });
    expect(Object.keys(server.received[0]!.headers).filter((name) => name.startsWith('webhook-'))).toEqual(
      [],
    );
  });

  it('are not sent unsigned when the newest secret cannot be decrypted; an older one may be missing', async () => {
    const server = await http.aServer();
    expect(await http.call(server.url, {}, signedBy(null, OLD))).toMatchObject({
      type: 'failed',
      cause: 'target',
      error: { type: 'secret_unreadable' },
    });
    expect(server.connections).toBe(0);
    await http.call(server.url, {}, signedBy(NEW, null));
    expect(() => verify(NEW, server.received[0]!)).not.toThrow();
  });
});
