/**
 * `npm run check:api`: docs/openapi.json by Spectral, with the rules of its authors for OpenAPI and those of OWASP's API
 * Security Top 10 (2023). Anything found fails, also a warning: a rule is either kept or off for a reason that stands here.
 */
import core from '@stoplight/spectral-core';
import owasp from '@stoplight/spectral-owasp-ruleset';
import parsers from '@stoplight/spectral-parsers';
import rulesets from '@stoplight/spectral-rulesets';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const DOCUMENT = 'docs/openapi.json';
const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Kept for all but the paths that match: those without credentials, for probes and Prometheus. */
const OPEN_PATHS = /^\/(health\/\w+|metrics)$/;
const NOT_FOR_OPEN_PATHS = new Set([
  'owasp:api2:2023-read-restricted',
  'owasp:api4:2023-rate-limit-responses-429',
  'owasp:api8:2023-define-error-responses-401',
]);

const OFF = [
  // A summary says what each operation does; some need no more words.
  'operation-description',
  // Tags are the resources' names, and need no description.
  'operation-tag-defined',
  // The address is that of the installation, which the document does not know.
  'oas3-api-servers',
  // Since OpenAPI 3.1 roles of any scheme may be named here; the rule knows OAuth only.
  'oas3-operation-security-defined',
  // A 500 is a fault of ours, never an answer to count on; every problem has the same form.
  'owasp:api8:2023-define-error-responses-500',
  // No page of another origin is let in, so no answer has the header.
  'owasp:api8:2023-define-cors-origin',
  // Takes the id of a signing secret for the secret.
  'owasp:api2:2023-no-credentials-in-url',
  // Wants a sentence about RFC 8725 in a description; what is checked of a token is in docs/security.md.
  'owasp:api2:2023-jwt-best-practices',
  // The rule wants the headers on every answer, also on those that no limit counts.
  'owasp:api4:2023-rate-limit',
  // The next four do not tell what comes in from what goes out, and limit answers. Bodies are limited as a whole (1 MB,
  // 10,000 keys, 24 levels), the head to 16 KB; each field's limits are in its schema and enforced from the same class.
  'owasp:api4:2023-string-limit',
  'owasp:api4:2023-string-restricted',
  'owasp:api4:2023-array-limit',
  'owasp:api4:2023-integer-limit',
  // JSON has one kind of number; minimum and maximum say more than int32.
  'owasp:api4:2023-integer-format',
];

const findings = await lint(await readFile(path.join(root, DOCUMENT), 'utf8'));
for (const { code, path: steps, message } of findings)
  console.error(`${steps.join(' ')}: ${message} (${code})`);
if (findings.length > 0) process.exitCode = 1;

async function lint(text) {
  const spectral = new core.Spectral();
  spectral.setRuleset({
    extends: [
      [rulesets.oas, 'recommended'],
      [owasp.default ?? owasp, 'all'],
    ],
    rules: Object.fromEntries(OFF.map((rule) => [rule, 'off'])),
  });
  const results = await spectral.run(new core.Document(text, parsers.Json, DOCUMENT));
  return results.filter((finding) => !isExcused(finding));
}

function isExcused({ code, path: [, apiPath] }) {
  return NOT_FOR_OPEN_PATHS.has(code) && OPEN_PATHS.test(String(apiPath));
}
