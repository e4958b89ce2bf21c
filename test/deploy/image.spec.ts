import { describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { manifest, read, root, sourceOf } from './repository-files.js';

const dockerfile = read('docker/Dockerfile').replaceAll(/\\\n\s*/g, '');
const stages = dockerfile.split(/^FROM /m).slice(1);
const production = stages.at(-1) ?? '';

/** The sources of COPY instructions that read the build context, not another stage. */
function copiedFromContext(): string[] {
  const instructions = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)];
  return instructions.flatMap(([, sources = '']) => sources.split(' '));
}

describe('the Dockerfile', () => {
  it('copies only what exists and .dockerignore lets through', () => {
    const letThrough = [...read('.dockerignore').matchAll(/^!(.+)$/gm)].map(([, file]) => file);
    expect(new Set(copiedFromContext())).toEqual(new Set(letThrough));
    for (const file of copiedFromContext())
      expect([file, existsSync(path.join(root, file))]).toEqual([file, true]);
  });

  it('keeps everything else out, whatever is added later', () => {
    const [first] = read('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(first).toBe('*');
  });

  it('takes from other stages only what those make', () => {
    expect(dockerfile).toMatch(/^COPY --from=dependencies \/app\/node_modules node_modules$/m);
    expect(dockerfile).toMatch(/^COPY --from=build \/app\/dist dist$/m);
  });

  it('installs for production without development and optional dependencies', () => {
    const [, dependencies = ''] = stages;
    expect(dependencies).toMatch(/npm ci .*--omit=dev --omit=optional/);
    expect(production).not.toMatch(/^RUN /m);
  });

  it('carries a list of all that is in it', () => {
    const [, dependencies = ''] = stages;
    // With `--omit` npm would leave packages out that are there.
    expect(dependencies).toMatch(
      /^RUN npm pkg delete devDependencies optionalDependencies && npm sbom --sbom-format=cyclonedx > sbom\.cdx\.json$/m,
    );
    expect(dependencies.indexOf('npm sbom')).toBeGreaterThan(dependencies.indexOf('npm ci'));
    expect(production).toMatch(/^COPY --from=dependencies \/app\/sbom\.cdx\.json \.\/$/m);
  });

  it('is labelled with the version in package.json', () => {
    expect(production).toMatch(new RegExp(`^ARG VERSION=${manifest.version}$`, 'm'));
    expect(production).toContain(`org.opencontainers.image.licenses="${manifest.license}"`);
  });

  it('runs as a user known by number, in production, on all addresses', () => {
    expect(production).toMatch(/^USER [1-9]\d+:[1-9]\d+$/m);
    expect(production).toMatch(/^ENV NODE_ENV=production\s+HOST=0\.0\.0\.0 /m);
    expect(production).toMatch(/^STOPSIGNAL SIGTERM$/m);
  });

  it('needs no shell', () => {
    const commands = [...production.matchAll(/^(?:ENTRYPOINT|CMD|HEALTHCHECK .*? CMD) (.+)$/gm)];
    expect(commands.map(([, command]) => command)).toHaveLength(3);
    for (const [, command = ''] of commands) expect(JSON.parse(command)).toEqual(expect.any(Array));
  });

  it('names entries that are built from sources, in its commands and in its notes', () => {
    const entries = [...dockerfile.matchAll(/dist\/[\w/-]+\.js/g)].map(([entry]) => entry);
    expect(new Set(entries).size).toBe(4);
    for (const entry of entries)
      expect([entry, existsSync(path.join(root, sourceOf(entry)))]).toEqual([entry, true]);
  });
});
