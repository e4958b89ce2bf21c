import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { THIS_CODE } from '../fleet/fleet.js';
import { type Stage, stagesOf } from './dockerfile.js';

/** `/app` of each stage is a folder below this one. */
const APP = /^\/app\//;

/**
 * What `docker build` would put into the image, made by the Dockerfile's own steps in empty folders, for machines that
 * have no container engine. Two things are taken as given: the base image's node is this process's, and the build stage
 * finds the packages of this tree, which are those of the same lock.
 */
export class UnpackedImage {
  readonly environment: Readonly<Record<string, string>>;
  readonly command: readonly string[];
  readonly healthcheck: readonly string[];
  /** As in `USER 10001:10001`. */
  readonly user: { readonly uid: number; readonly gid: number };

  private constructor(
    private readonly folder: string,
    private readonly last: Stage,
  ) {
    this.environment = environmentOf(this.only('ENV'));
    this.command = JSON.parse(this.only('CMD')) as string[];
    this.healthcheck = JSON.parse(this.only('HEALTHCHECK').replace(/^.* CMD /, '')) as string[];
    const [uid, gid] = this.only('USER').split(':').map(Number);
    this.user = { uid: uid!, gid: gid! };
  }

  static build(): UnpackedImage {
    const folder = mkdtempSync(path.join(tmpdir(), 'image-'));
    const stages = stagesOf(readFileSync(path.join(THIS_CODE, 'docker/Dockerfile'), 'utf8'));
    const image = new UnpackedImage(folder, stages.at(-1)!);
    // Whoever runs in it is nobody who owns it.
    chmodSync(folder, 0o755);
    for (const stage of stages) image.make(stage);
    return image;
  }

  /** The working directory of whatever runs in it. */
  get app(): string {
    return this.folderOf(this.last);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private make(stage: Stage): void {
    mkdirSync(this.folderOf(stage));
    for (const { word, rest } of stage.instructions) {
      if (word === 'COPY') this.copy(stage, rest.split(' '));
      if (word === 'RUN') this.run(stage, rest);
    }
  }

  private copy(stage: Stage, words: string[]): void {
    const [, from] = /^--from=(\S+)$/.exec(words[0]!) ?? [];
    const sources = words.slice(from ? 1 : 0, -1);
    const to = words.at(-1)!;
    const root = from ? path.join(this.folder, from) : THIS_CODE;
    for (const source of sources) {
      const name = to.endsWith('/') ? path.join(to, path.basename(source)) : to;
      cpSync(path.join(root, source.replace(APP, '')), path.join(this.folderOf(stage), name), {
        recursive: true,
        verbatimSymlinks: true,
      });
    }
  }

  private run(stage: Stage, script: string): void {
    const cwd = this.folderOf(stage);
    if (stage.name === 'build' && script.startsWith('npm ci'))
      return symlinkSync(path.join(THIS_CODE, 'node_modules'), path.join(cwd, 'node_modules'));
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, npm_config_prefer_offline: 'true' };
    execFileSync('/bin/sh', ['-ec', script], { cwd, env, stdio: ['ignore', 'ignore', 'pipe'] });
  }

  private folderOf({ name }: Stage): string {
    return path.join(this.folder, name);
  }

  private only(word: string): string {
    return this.last.instructions.find((instruction) => instruction.word === word)!.rest;
  }
}

/** `A=1 B=--x=2`; ours have no spaces inside. */
function environmentOf(rest: string): Record<string, string> {
  const pairs = rest
    .split(/\s+/)
    .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]);
  return Object.fromEntries(pairs) as Record<string, string>;
}
