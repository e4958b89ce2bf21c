import { describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import path from 'node:path';
// Past the door: which transitions exist is for the library alone to use, and for this picture of it to show.
import { EXECUTION_STATES, isFinal, mayBecome } from '../../libs/executions/src/domain/execution-state.js';
import {
  exampleNames,
  exampleVariables,
  filesBelow,
  IMAGE,
  manifest,
  read,
  root,
} from './repository-files.js';

const readme = read('README.md');
const architecture = read('docs/architecture.md');

/** Rows of the tables below a heading, cells trimmed. */
function tableBelow(heading: string): string[][] {
  const section = readme.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const rows = section.split('\n').filter((line) => /^\| `/.test(line));
  return rows.map((row) =>
    row
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

describe("the README's configuration table", () => {
  const rows = tableBelow('Configuration');
  const named = rows.map(([name = '']) => name.replaceAll('`', ''));

  it('names the variables of .env.example, in its order', () => {
    expect(named).toEqual(exampleNames);
  });

  it.each(rows.map(([name = '', value = '']) => [name.replaceAll('`', ''), value]))(
    'has the default of %s',
    (name, value) => {
      const fallback = exampleVariables[name];
      if (fallback) expect(value).toBe(`\`${fallback}\``);
      else expect(value).not.toMatch(/^`[^`]*`$/);
    },
  );
});

describe("the README's API table", () => {
  const documented = Object.entries(
    (JSON.parse(read('docs/openapi.json')) as { paths: Record<string, Record<string, unknown>> }).paths,
  ).flatMap(([route, methods]) =>
    Object.keys(methods)
      .filter((key) => ['get', 'post', 'put', 'patch', 'delete'].includes(key))
      .map((method) => `${method.toUpperCase()} ${route}`),
  );
  const listed = tableBelow('API').flatMap(([endpoint = '']) => {
    const words = [...endpoint.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);
    return words.slice(0, -1).map((method) => `${method} ${words.at(-1)}`);
  });

  it('has operations that docs/openapi.json has', () => {
    expect(listed.length).toBeGreaterThan(25);
    expect(listed.filter((operation) => !documented.includes(operation))).toEqual([]);
  });

  it('or the text around it names every path of docs/openapi.json', () => {
    const routes = documented.map((operation) => operation.split(' ')[1]);
    expect(
      routes.filter((route) => !readme.includes(`\`${route}\``) && !readme.includes(` ${route}\``)),
    ).toEqual([]);
  });
});

describe('the picture of the state machine', () => {
  const [, diagram = ''] = /```mermaid\nstateDiagram-v2\n([^`]*)```/.exec(architecture) ?? [];
  const arrows = [...diagram.matchAll(/^\s*(\S+) --> (\S+?)(?::.*)?$/gm)].map(
    ([, from, to]) => `${from} → ${to}`,
  );

  it('shows the transitions that there are', () => {
    const transitions = EXECUTION_STATES.flatMap((from) =>
      EXECUTION_STATES.filter((to) => mayBecome(from, to)).map((to) => `${from} → ${to}`),
    );
    expect(arrows.filter((arrow) => !arrow.includes('[*]')).sort()).toEqual(transitions.sort());
  });

  it('ends in the final states, and begins in those that are inserted', () => {
    const ends = EXECUTION_STATES.filter(isFinal).map((state) => `${state} → [*]`);
    expect(arrows.filter((arrow) => arrow.endsWith('[*]')).sort()).toEqual(ends.sort());
    const begins = arrows.filter((arrow) => arrow.startsWith('[*]'));
    expect(begins.sort()).toEqual(['[*] → missed', '[*] → pending', '[*] → queued', '[*] → skipped']);
  });
});

describe('documents', () => {
  const files = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...filesBelow('docs', '.md')];

  it.each(files)('%s links to files that exist', (file) => {
    const links = [...read(file).matchAll(/\]\((?!https?:)([^)#\s]+)/g)].map(([, link = '']) => link);
    const missing = links.filter((link) => !existsSync(path.join(root, path.dirname(file), link)));
    expect(missing).toEqual([]);
  });

  it('name npm scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = files.flatMap((file) =>
      [...read(file).matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name),
    );
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it('name the image as it is', () => {
    expect(readme).toContain(`-t ${IMAGE} `);
    expect(read('CHANGELOG.md')).toContain(manifest.version);
  });

  it('number the decisions without a gap', () => {
    const numbers = filesBelow('docs/adr', '.md').map((file) => Number(path.basename(file).slice(0, 4)));
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  });
});
