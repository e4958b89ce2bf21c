import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect } from '@jest/globals';
import { withCurl } from '../support/curl.js';
import { useRunningService } from './support/running-service.js';

const service = useRunningService();

/** What asks the api, block after block as a reader would paste it into one shell. */
function recipesOf(document: string): string {
  const text = readFileSync(path.resolve(import.meta.dirname, '../..', document), 'utf8');
  const blocks = [...text.matchAll(/```sh\n([^]*?)```/g)].map(([, block]) => block!);
  return blocks.filter((block) => /\$API|^(JOB=.*)?send/m.test(block)).join('\n');
}

describe('what a reader pastes into a shell', () => {
  withCurl.each(['README.md', 'docs/howto.md'])(
    'is answered as %s says',
    async (document) => {
      const recipes = recipesOf(document)
        .replaceAll('http://127.0.0.1:3000', service.api.url)
        .replaceAll('https://example.com', service.target.url(''));
      const { stdout } = await promisify(execFile)('bash', ['-ec', recipes], {
        env: { PATH: process.env.PATH },
      });
      expect(stdout).toContain('"state":"succeeded"');
      expect(stdout).not.toMatch(/"code":"(?!hot_minute)/);
    },
    60_000,
  );
});
