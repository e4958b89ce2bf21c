import { type BadRequest, nested, refused } from './bad-request.js';

const JSON_TYPE = { 'Content-Type': 'application/json' };
const JOB = '{"name":"refused","target":{"type":"http","url":"https://example.org/"}}';
const MALFORMED = [400, 'validation_failed'] as const;

const job = (extra: string): string => `${JOB.slice(0, -1)},${extra}}`;
const tagged = (tag: string, request = 'PATCH /jobs/{job}'): BadRequest =>
  refused(`If-Match: ${tag}`, request, [400, 'validation_failed', '/If-Match'], '{"description":"refused"}', {
    ...JSON_TYPE,
    'If-Match': tag,
  });
const keyed = (key: string, body = JOB): BadRequest =>
  refused('that Idempotency-Key', 'POST /jobs', [...MALFORMED, '/Idempotency-Key'], body, {
    ...JSON_TYPE,
    'Idempotency-Key': key,
  });

/** What is wrong with a request before anybody asks what it means. */
export const BAD_REQUESTS = [
  refused('a key twice', 'POST /jobs', [...MALFORMED, '/name'], job('"name":"other"')),
  refused('a key twice, once escaped', 'POST /jobs', [...MALFORMED, '/name'], job('"n\\u0061me":"other"')),
  refused(
    'a key twice, deep',
    'POST /jobs',
    [...MALFORMED, '/parameters/a/b'],
    job('"parameters":{"a":{"b":1,"b":2}}'),
  ),
  refused('__proto__', 'POST /jobs', [...MALFORMED, '/__proto__'], job('"__proto__":{"active":false}')),
  refused('__proto__, escaped', 'POST /jobs', [...MALFORMED, '/__proto__'], job('"\\u005f_proto__":{}')),
  refused(
    'constructor, deep',
    'POST /jobs',
    [...MALFORMED, '/parameters/constructor'],
    job('"parameters":{"constructor":{}}'),
  ),
  refused('NUL', 'POST /jobs', [...MALFORMED, '/parameters/a'], job('"parameters":{"a":"\\u0000"}')),
  refused(
    'NUL in a key',
    'POST /jobs',
    [...MALFORMED, '/parameters/\u0000'],
    job('"parameters":{"\\u0000":1}'),
  ),
  refused(
    'half a pair',
    'POST /jobs',
    [...MALFORMED, '/parameters/a/0'],
    job('"parameters":{"a":["\\udc00"]}'),
  ),
  refused('1e999', 'POST /jobs', [...MALFORMED, '/parameters/a'], job('"parameters":{"a":1e999}')),
  refused(
    '2^53 + 1',
    'POST /jobs',
    [...MALFORMED, '/parameters/a'],
    job('"parameters":{"a":9007199254740993}'),
  ),
  refused('1e-999', 'POST /jobs', [...MALFORMED, '/parameters/a'], job('"parameters":{"a":1e-999}')),
  refused(
    '300 levels',
    'POST /jobs',
    [...MALFORMED, `/parameters${'/in'.repeat(24)}`],
    job(`"parameters":${JSON.stringify(nested(300))}`),
  ),
  refused(
    '12,001 keys',
    'POST /jobs',
    [...MALFORMED, ''],
    job(
      `"parameters":${JSON.stringify(Object.fromEntries(Array.from({ length: 12_001 }, (_, n) => [n, 0])))}`,
    ),
  ),
  refused('JSON with a comma too many', 'POST /jobs', [400, 'malformed_json', ''], '{"name":"x",}'),
  refused('NaN', 'POST /jobs', [400, 'malformed_json', ''], '{"name":NaN}'),
  refused(
    'a byte order mark for a body',
    'POST /jobs',
    [400, 'malformed_json', ''],
    new Uint8Array([0xef, 0xbb, 0xbf]),
  ),
  refused(
    'bytes that are no UTF-8',
    'POST /jobs',
    [400, 'malformed_text', ''],
    new Uint8Array([0x22, 0xff, 0x22]),
  ),
  refused(
    'more than 1 MB',
    'POST /jobs',
    [413, 'body_too_large'],
    job(`"description":"${'x'.repeat(1_100_000)}"`),
  ),
  ...[
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
    'application/json-patch+json',
  ].map((type) =>
    refused(type, 'POST /jobs', [415, 'unsupported_media_type'], JOB, { 'Content-Type': type }),
  ),
  refused('UTF-7', 'POST /jobs', [415, 'unsupported_charset'], JOB, {
    'Content-Type': 'application/json; charset=utf-7',
  }),
  ...['gzip', 'br', 'deflate', 'gzip, identity'].map((encoding) =>
    refused(`a body in ${encoding}`, 'POST /jobs', [415, 'unsupported_encoding'], JOB, {
      ...JSON_TYPE,
      'Content-Encoding': encoding,
    }),
  ),
  tagged('1'),
  tagged('"1", "2"', 'PATCH /schedules/{schedule}'),
  tagged("'1'", 'PATCH /calendars/{calendar}'),
  tagged('no-tag', 'PATCH /services/default'),
  ...['W/"1"', '"999999999999999"', '"x"'].map((tag) =>
    refused(
      `If-Match: ${tag}, which is stale`,
      'PATCH /jobs/{job}',
      [412, 'stale_version'],
      '{"description":"refused"}',
      { ...JSON_TYPE, 'If-Match': tag },
    ),
  ),
  keyed('k'.repeat(256)),
  keyed('\u00e9'),
  refused('a key that another request has', 'POST /jobs', [422, 'idempotency_key_reused'], JOB, {
    ...JSON_TYPE,
    'Idempotency-Key': 'taken',
  }),
  refused('a method that is not there', 'PUT /jobs', [405, 'method_not_allowed'], JOB),
  refused('a path that is not there', 'POST /jobs/{job}/explode', [404, 'not_found']),
  refused('a path that is no UTF-8', 'POST /jobs/%ff/activate', [400, 'malformed_url', '']),
  refused('NUL as an id', 'DELETE /jobs/%00', [404, 'job_not_found']),
  refused('a query that is no UTF-8', 'GET /jobs?q=%ff', [400, 'malformed_url', '/q']),
  refused('101 parameters', `GET /jobs?${'tag=x&'.repeat(101)}`, [400, 'too_many_parameters', '']),
];
