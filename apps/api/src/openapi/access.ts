import { type DocumentBuilder, type OpenAPIObject } from '@nestjs/swagger';
import { operationsOf } from './operations.js';

/** The two ways to present a credential: what `RequireScopes` names. */
export function describeCredentials(builder: DocumentBuilder): DocumentBuilder {
  return builder
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An API key or a token.' }, 'bearer')
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'An API key.' }, 'apiKey');
}

/** Says of every operation which scopes it needs; of an open one, that it needs none. */
export function applyAccess(document: OpenAPIObject): void {
  for (const { operation } of operationsOf(document)) {
    const scopes = Object.values(operation.security?.[0] ?? {})[0];
    if (scopes === undefined) operation.security = [];
    else if (scopes.length > 0) operation.description = withScopes(operation.description, scopes);
  }
}

function withScopes(description: string | undefined, scopes: readonly string[]): string {
  const needs = `Needs ${scopes.map((scope) => `\`${scope}\``).join(' and ')}.`;
  return description ? `${description} ${needs}` : needs;
}
