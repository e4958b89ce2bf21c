const SECRET_KEY =
  /pass(?:word|phrase|wd)?$|secret|authorization|cookie|credential|api[-_]?key|private[-_]?key|(?:^|[-_a-z])token$/i;
/**
 * From `://` on, whatever the scheme: a search that began with the scheme would begin anew at each letter of a long word
 * and read to its end each time, which for 300 KB of letters is minutes.
 */
const URL_CREDENTIALS = /(:\/\/[^\s:/@]*):[^\s/@]+@/g;
/** The prefix, environment and id of an API key say which one it is; the rest opens doors. */
const API_KEY = /(sch_[a-z]+_[\da-f]{32})_[\dA-Za-z]{43}(_[\dA-Za-z]*)?/g;
/** Deeper than any log line should be; also the end of a cycle. */
const MAX_DEPTH = 6;

/** A copy fit for a log: values under keys that name a secret, and passwords in URLs, are redacted. */
export function withoutSecrets(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return withoutSecretText(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return '[…]';
  if (value instanceof Date) return value;
  if (value instanceof Error) return withoutSecrets({ name: value.name, message: value.message }, depth);
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, blotted(key, inner, depth)]));
}

function blotted(key: string, value: unknown, depth: number): unknown {
  return SECRET_KEY.test(key) ? '[redacted]' : withoutSecrets(value, depth + 1);
}

/** `postgresql://app:hunter2@db/jobs` becomes `postgresql://app:[redacted]@db/jobs`; API keys lose their secret. */
export function withoutSecretText(text: string): string {
  return text.replace(URL_CREDENTIALS, '$1:[redacted]@').replace(API_KEY, '$1_[redacted]');
}
