import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { parseAllDocuments } from 'yaml';

export const root = path.resolve(import.meta.dirname, '../..');

export function read(file: string): string {
  return readFileSync(path.join(root, file), 'utf8');
}

/** Paths of the files below `folder` whose names end like that, relative to the repository. */
export function filesBelow(folder: string, ending: string): string[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending))
    .map((file) => path.join(folder, file))
    .sort();
}

/** Every document of a YAML file. @throws for what is no YAML: a key twice, a tab, an alias to nothing */
export function readYaml<T>(file: string): T[] {
  const documents = parseAllDocuments(read(file), { merge: true });
  for (const { errors, warnings } of documents) {
    const [fault] = [...errors, ...warnings];
    if (fault) throw fault;
  }
  return documents.map((document) => document.toJS() as T);
}

/** It shows each variable in a comment, so that a copy of it sets nothing. */
const example = read('.env.example').replaceAll(/^#(?=[A-Z_]+=)/gm, '');

/** The variables that the service knows; config.spec.ts holds `.env.example` to be the list of them. */
export const exampleVariables = parseEnv(example);

/** Their names as the file orders them; parseEnv sorts. */
export const exampleNames = [...example.matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name);

export const manifest = JSON.parse(read('package.json')) as {
  name: string;
  version: string;
  license: string;
};

/** How every description calls the image. */
export const IMAGE = `${manifest.name}:${manifest.version}`;

/** `dist/x.js` in a command is built from `x.ts`. @returns the source, or the file itself where nothing is built */
export function sourceOf(file: string): string {
  return file.replace(/^dist\/(.*)\.js$/, '$1.ts');
}
