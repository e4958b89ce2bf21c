import { createRequire } from 'node:module';
import path from 'node:path';
import ts from 'typescript';
import { root } from '../repository-files.js';
import type { Manifest } from './manifest.js';

const require = createRequire(import.meta.url);

const OPTIONS: ts.CompilerOptions = {
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  types: [],
};

/**
 * What is wrong with each manifest, by the published schemas of its kind: keys that do not exist there, keys that are
 * missing, values of another type. Two readers, because each passes over what the other sees: the compiled schemas
 * ignore keys they do not know, and types know no patterns and no whole numbers.
 */
export function schemaFaults(manifests: readonly Manifest[]): string[][] {
  const byTypes = typeFaults(manifests);
  return manifests.map((manifest, index) => [...byTypes[index]!, ...valueFaults(manifest)]);
}

function valueFaults(manifest: Manifest): string[] {
  try {
    const { [manifest.kind]: Model } = require(moduleOf(manifest)) as Record<string, Validated>;
    new Model!(manifest).validate();
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}

type Validated = new (manifest: Manifest) => { validate(): void };

/** All in one program: most of its time goes into reading the types, once. */
function typeFaults(manifests: readonly Manifest[]): string[][] {
  const files = new Map(manifests.map((manifest, index) => [fileOf(index), sourceOf(manifest)]));
  const program = ts.createProgram([...files.keys()], OPTIONS, hostOf(files));
  return [...files.keys()].map((file) =>
    program.getSemanticDiagnostics(program.getSourceFile(file)).map(({ messageText }) => textOf(messageText)),
  );
}

/** Beside node_modules, where the types are found. */
function fileOf(index: number): string {
  return path.join(root, `manifest-${index}.ts`);
}

/** A literal: of those, and of those only, TypeScript refuses a key that the type does not have. */
function sourceOf(manifest: Manifest): string {
  const type = `I${manifest.kind}`;
  const literal = JSON.stringify(manifest);
  return `import type { ${type} } from '${moduleOf(manifest)}';\nexport const manifest: ${type} = ${literal};\n`;
}

const disk = ts.createCompilerHost(OPTIONS);
/** Parsed once, whatever is checked after them. */
const read = new Map<string, ts.SourceFile | undefined>();

function hostOf(files: ReadonlyMap<string, string>): ts.CompilerHost {
  return {
    ...disk,
    fileExists: (file) => files.has(file) || disk.fileExists(file),
    readFile: (file) => files.get(file) ?? disk.readFile(file),
    getSourceFile: (file, ...rest) => {
      const text = files.get(file);
      if (text !== undefined) return ts.createSourceFile(file, text, ts.ScriptTarget.ES2022);
      if (!read.has(file)) read.set(file, disk.getSourceFile(file, ...rest));
      return read.get(file);
    },
  };
}

/** Where the schema and type of a kind are: `apps/v1` and `Deployment` make `kubernetes-models/apps/v1/Deployment`. */
function moduleOf({ apiVersion, kind }: Manifest): string {
  const [group = ''] = apiVersion.split('/');
  return `${PACKAGES[group] ?? 'kubernetes-models'}/${apiVersion}/${kind}`;
}

const PACKAGES: Readonly<Record<string, string>> = {
  'keda.sh': '@kubernetes-models/keda',
  'monitoring.coreos.com': '@kubernetes-models/prometheus-operator',
};

function textOf(message: string | ts.DiagnosticMessageChain): string {
  return ts.flattenDiagnosticMessageText(message, ' ');
}
