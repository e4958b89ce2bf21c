import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

interface OpenApiResponse {
  readonly content?: Readonly<Record<string, unknown>>;
}

export interface OpenApiOperation {
  readonly operationId?: string;
  readonly responses: Readonly<Record<string, OpenApiResponse>>;
}

export interface OpenApiDocument {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
}

export interface SeenResponse {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly status: number;
  /** Without its parameters; null when there was no body. */
  readonly mediaType: string | null;
  readonly body: unknown;
}

const DOCUMENT = 'openapi.json';
/** Answered before any operation is found, so that no operation can document it. */
const PROBLEM = '#/components/schemas/Problem';

/** Holds a service to its own OpenAPI document: each response must be one that the document announces. */
export class OpenApiContract {
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true });
  private readonly validators = new Map<string, ValidateFunction>();

  constructor(private readonly document: OpenApiDocument) {
    addFormats.default(this.ajv);
    this.ajv.addSchema(document, DOCUMENT);
  }

  /** What the response does that the document does not say; empty when it conforms. */
  faultsOf(seen: SeenResponse): string[] {
    const operation = this.find(seen.method, seen.path);
    if (operation === null)
      return seen.status < 400 ? ['no such operation'] : this.schemaFaults(PROBLEM, seen.body);
    const response = operation.item.responses[String(seen.status)];
    if (response === undefined) return [`status ${seen.status} is not documented`];
    if (seen.mediaType === null) return response.content ? ['the documented body is missing'] : [];
    if (!(seen.mediaType in (response.content ?? {}))) return [`${seen.mediaType} is not documented`];
    if (!seen.mediaType.endsWith('json')) return [];
    const steps = [...operation.steps, 'responses', String(seen.status), 'content', seen.mediaType, 'schema'];
    return this.schemaFaults(`#/${steps.map(escapeStep).join('/')}`, seen.body);
  }

  /** A path without parameters is nearer than one with them. */
  private find(method: string, path: string): { item: OpenApiOperation; steps: string[] } | null {
    const templates = Object.keys(this.document.paths).sort((a, b) => countOf('{', a) - countOf('{', b));
    const template = templates.find((candidate) => patternOf(candidate).test(path));
    if (template === undefined) return null;
    const item = this.document.paths[template]?.[method.toLowerCase()];
    return item === undefined ? null : { item, steps: ['paths', template, method.toLowerCase()] };
  }

  private schemaFaults(pointer: string, body: unknown): string[] {
    const validate = this.validators.get(pointer) ?? this.ajv.compile({ $ref: `${DOCUMENT}${pointer}` });
    this.validators.set(pointer, validate);
    if (validate(body)) return [];
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  }
}

function patternOf(template: string): RegExp {
  return new RegExp(`^${template.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`);
}

function countOf(char: string, text: string): number {
  return text.split(char).length - 1;
}

/** A step of an RFC 6901 pointer in a URI fragment. */
function escapeStep(step: string): string {
  return encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'));
}
