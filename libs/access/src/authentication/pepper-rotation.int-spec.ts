import { beforeAll, describe, expect, it } from '@jest/globals';
import { type AccessApp, bearer, PEPPER as OLD } from '../testing/access-app.js';
import { START_TIMEOUT_MS, useAccessApps } from '../testing/use-access-apps.js';

const NEW = 'another pepper of the tests, 32 bytes and more';

const { startApp } = useAccessApps();
let before: AccessApp;
let during: AccessApp;
let after: AccessApp;

beforeAll(async () => {
  before = await start(OLD);
  during = await start(NEW, OLD);
  after = await start(NEW);
}, START_TIMEOUT_MS);

function start(pepper: string, previous = ''): Promise<AccessApp> {
  return startApp({ API_KEY_PEPPER: pepper, API_KEY_PEPPER_PREVIOUS: previous });
}

/** Before the pepper is changed, while both are taken, and when the old one is dropped. */
async function statusesOf(text: string): Promise<number[]> {
  const answers = [before, during, after].map((app) => app.call('GET', '/whoami', bearer(text)));
  return (await Promise.all(answers)).map(({ status }) => status);
}

describe('while the pepper is changed', () => {
  it('a key of the old one works until that is dropped', async () => {
    const { text } = await before.issue();
    expect(await statusesOf(text)).toEqual([200, 200, 401]);
  });

  it('a new key is one of the new pepper', async () => {
    const { text } = await during.issue();
    expect(await statusesOf(text)).toEqual([401, 200, 200]);
  });

  it('a rotated key outlives the old pepper with its new secret, and its old one keeps its overlap', async () => {
    const { text: old, key } = await before.issue();
    const path = `/keys/${key.id}/rotate`;
    const { status, body } = await during.call('POST', path, bearer(old), { overlapSeconds: 600 });
    expect([status, await statusesOf(body.key as string)]).toEqual([200, [401, 200, 200]]);
    expect(await statusesOf(old)).toEqual([200, 200, 401]);
  });

  it('a wrong secret is refused under both', async () => {
    const { formatKey, newSecret } = await import('../keys/key-text.js');
    const { key } = await before.issue();
    expect(await statusesOf(formatKey('test', key.id, newSecret()))).toEqual([401, 401, 401]);
  });

  it("processes that know both, whichever is first, take each other's keys", async () => {
    const preparing = await start(OLD, NEW);
    const [{ text: old }, { text: fresh }] = [await preparing.issue(), await during.issue()];
    const answer = await preparing.call('GET', '/whoami', bearer(fresh));
    expect([answer.status, (await statusesOf(old))[1]]).toEqual([200, 200]);
  });
});
