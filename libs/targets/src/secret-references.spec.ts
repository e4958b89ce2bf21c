import { describe, expect, it } from '@jest/globals';
import {
  findReferenceFault,
  findSurplusOfReferences,
  hasReferenceInHost,
  secretNamesIn,
  withSecrets,
} from './secret-references.js';
import type { HttpTarget, Target } from './target.js';
import { aGrant } from './testing/a-run.js';

const SECRETS = new Map<string, string | null>([
  ['TOKEN', 'tok-12345678'],
  ['ODD', 'a/b?c#d&e=f@g:h \u00e9'],
  ['GROUPS', '$1$&{{secret.TOKEN}}'],
  ['LOCKED', null],
]);

const http = (changes: Partial<HttpTarget>): HttpTarget => ({
  type: 'http',
  method: 'POST',
  url: 'https://api.example/',
  ...changes,
});
const fill = <T extends Target>(target: T) => withSecrets(target, aGrant({ secrets: SECRETS }));

describe('references to secrets', () => {
  it('are found in URL, headers, body, environment and input, and nowhere else', () => {
    const target = http({
      url: 'https://api.example/{{secret.A}}?k={{secret.B}}',
      headers: { Authorization: 'Bearer {{secret.C}}', '{{secret.NOT}}': 'x' },
      body: { '{{secret.NOT}}': [{ deep: '{{secret.D}} and {{secret.A}}' }] },
    });
    expect(secretNamesIn(target)).toEqual(['A', 'B', 'C', 'D']);
    const command = { type: 'command', command: '{{secret.NOT}}', args: ['{{secret.NOT}}'] } as const;
    expect(secretNamesIn({ ...command, env: { K: '{{secret.E}}' }, stdin: ['{{secret.F}}'] })).toEqual([
      'E',
      'F',
    ]);
  });

  it('are filled in headers, text, JSON and the environment as they are', () => {
    const headers = { Authorization: 'Bearer {{secret.TOKEN}}' };
    expect(fill(http({ headers, body: 'a={{secret.ODD}}' }))).toMatchObject({
      headers: { Authorization: 'Bearer tok-12345678' },
      body: 'a=a/b?c#d&e=f@g:h \u00e9',
    });
    expect(fill(http({ body: { a: ['{{secret.TOKEN}}', 1, null] } }))).toMatchObject({
      body: { a: ['tok-12345678', 1, null] },
    });
    const command = {
      type: 'command',
      command: 'x',
      env: { A: '{{secret.TOKEN}}{{secret.TOKEN}}' },
    } as const;
    expect(fill(command)).toMatchObject({ env: { A: 'tok-12345678tok-12345678' } });
  });

  it('are filled once: a secret that looks like a reference or a pattern means itself', () => {
    expect(fill(http({ body: '{{secret.GROUPS}}' }))).toMatchObject({ body: '$1$&{{secret.TOKEN}}' });
  });

  it.each([
    ['https://api.example/a/{{secret.ODD}}/b', '/a/a/b%3Fc%23d%26e%3Df%40g%3Ah%20%C3%A9/b', ''],
    ['https://api.example/?k={{secret.ODD}}&l=1', '/', '?k=a%2Fb%3Fc%23d%26e%3Df%40g%3Ah%20%C3%A9&l=1'],
  ])('in %s stay where they were put and move no boundary of the URL', (url, pathname, search) => {
    const filled = new URL((fill(http({ url })) as HttpTarget).url);
    expect(filled).toMatchObject({ host: 'api.example', pathname, search, hash: '' });
  });

  it.each([
    'https://{{secret.TOKEN}}/',
    'https://{{secret.TOKEN}}.example/',
    'https://api.example:{{secret.TOKEN}}/',
    'https://user:{{secret.TOKEN}}@api.example/',
    'https://api.example{{secret.TOKEN}}',
  ])('may not decide where a request goes: %s', (url) => {
    expect(hasReferenceInHost(url)).toBe(true);
    expect(fill(http({ url }))).toMatchObject({ type: 'failed', error: { type: 'invalid_target' } });
  });

  it('to what does not exist or cannot be read fail the run, by name', () => {
    const missing = { type: 'secret_missing', message: 'there is no secret named NONE' };
    expect(fill(http({ body: '{{secret.TOKEN}}{{secret.NONE}}' }))).toMatchObject({
      type: 'failed',
      cause: 'target',
      error: missing,
    });
    expect(fill(http({ body: '{{secret.LOCKED}}' }))).toMatchObject({ error: { type: 'secret_unreadable' } });
  });

  describe('beyond what one target may have', () => {
    const names = Array.from({ length: 21 }, (_, index) => `S${index}`);
    const secrets = new Map(names.map((name) => [name, '\u20ac'.repeat(16_384)]));
    const referring = (...to: string[]): string => to.map((name) => `{{secret.${name}}}`).join('');
    const fillLong = <T extends Target>(target: T) => withSecrets(target, aGrant({ secrets }));
    const invalid = (message: RegExp) => ({
      type: 'failed',
      cause: 'target',
      error: { type: 'invalid_target', message: expect.stringMatching(message) },
    });

    it.each([
      ['101 references', new Array<string>(101).fill('S0'), /100 references/],
      ['21 secrets', names, /20 different secrets/],
    ])('fail the run, %s, and no secret is even asked for', (_, to, message) => {
      const target = http({
        url: `https://api.example/${referring(to[0]!)}`,
        body: [referring(...to.slice(1))],
      });
      expect(findSurplusOfReferences(target)).toMatch(message);
      expect(secretNamesIn(target)).toEqual([]);
      expect(fillLong(target)).toMatchObject(invalid(message));
    });

    it('are 100 references to 20 secrets not', () => {
      const to = Array.from({ length: 100 }, (_, index) => names[index % 20]!);
      const short = new Map(names.map((name) => [name, 'eight ch']));
      const target = http({ body: referring(...to) });
      expect(findSurplusOfReferences(target)).toBeNull();
      expect(secretNamesIn(target)).toHaveLength(20);
      expect(withSecrets(target, aGrant({ secrets: short }))).toMatchObject({ body: 'eight ch'.repeat(100) });
    });

    it('fail the run before they are filled where their values take more than 2 MB', () => {
      const long = referring(...new Array<string>(44).fill('S0'));
      const message = /more than 2097152 bytes larger/;
      expect(fillLong(http({ body: { a: long } }))).toMatchObject(invalid(message));
      const command = { type: 'command', command: 'x' } as const;
      expect(fillLong({ ...command, env: { A: long } })).toMatchObject(invalid(message));
      expect(fillLong({ ...command, env: { A: referring('S0') }, stdin: [long] })).toMatchObject(
        invalid(message),
      );
      expect(fillLong(http({ body: referring('S0', 'S1') }))).toMatchObject({ type: 'http' });
    });
  });

  it.each([
    '{{ secret.A }}',
    '{{secret.}}',
    '{{secret.1A}}',
    '{{Secret.A}}',
    '{{secrets.A}}',
    '{{secret.A-é}}',
    '{{secret.A{b}}',
    '{{secret.A} {{ secret.B }}',
    '{{secrets {{secret.A}}',
  ])('are refused when written as %s', (text) =>
    expect(findReferenceFault(text)).toMatch(/must write a reference/),
  );

  it.each(['{{secret', '{{secret.', '{{secret.A}', '{', '{{', '{{ ', '{{secret.A}}'])(
    'are looked for in 1 MB of %j in no time: no place is read again and again',
    (piece) => {
      const text = piece.repeat(1_000_000 / piece.length);
      const startedAt = performance.now();
      expect(findReferenceFault(text)).toBeNull();
      expect(performance.now() - startedAt).toBeLessThan(2_000);
    },
  );

  it.each([
    '{{secret.A}',
    '{{secret.A',
    '{{secret.A}}',
    '{{secret.a-b_C9}}',
    '{{ other }}',
    '{secret.A}',
    'secret',
    '{{#each}}',
  ])('leave %s alone', (text) => expect(findReferenceFault(text)).toBeNull());
});
