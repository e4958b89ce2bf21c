/** How a table that a request reaches gets a row of a service, and by what one sees whose it is. */
export interface WalledTable {
  /** @param id of the row, and of what it belongs to: a service's rows all have the same */
  readonly insert: (service: string, id: string) => string;
  readonly owner: string;
  /** What makes a row somebody else's. */
  readonly give: (service: string, id: string) => string;
}

const owned = (columns: string, values: (id: string) => string): WalledTable => ({
  insert: (service, id) => `(service, ${columns}) VALUES ('${service}', ${values(id)})`,
  owner: 'service',
  give: (service) => `service = '${service}'`,
});

const SEALED = `'1', '', ''`;

/** In an order in which rows can refer to one another. */
export const WALLED_TABLES: Readonly<Record<string, WalledTable>> = {
  services: {
    insert: (service) => `(slug, name) VALUES ('${service}', '${service}')`,
    owner: 'slug',
    give: (service) => `slug = '${service}'`,
  },
  api_keys: owned(
    'id, name, scopes, secret_hash, created_by',
    (id) => `'${id}', 'x', '{jobs:read}', decode(repeat('00', 32), 'hex'), 'x'`,
  ),
  audit_events: owned(
    'id, actor, action, resource_type, resource_id',
    (id) => `'${id}', 'x', 'job.created', 'job', '${id}'`,
  ),
  bulk_operations: owned(
    'id, action, filter, matched, created_by',
    (id) => `'${id}', 'cancel', '{}', 0, 'x'`,
  ),
  calendars: owned('id, name', (id) => `'${id}', '${id}'`),
  idempotency_keys: owned(
    'key, request_hash, state, expires_at',
    (id) => `'${id}', 'x', 'running', now() + interval '1 day'`,
  ),
  jobs: owned(
    'id, name, target, retry_policy, timeout_ms, priority, delivery_guarantee',
    (id) => `'${id}', '${id}', '{}', '{}', 1, 5, 'at_least_once'`,
  ),
  schedules: owned(
    'id, job_id, type, interval_seconds, anchor_at',
    (id) => `'${id}', '${id}', 'interval', 60, now()`,
  ),
  executions: owned(
    'id, scheduled_for, job_id, job_version, trigger, state, due_at, max_attempts',
    (id) => `'${id}', '2026-01-01', '${id}', 1, 'manual', 'pending', now(), 1`,
  ),
  execution_logs: {
    insert: (service, id) =>
      `VALUES ('${id}', '2026-01-01', (random() * 1000000000)::integer, 1, 'stdout', now(), '${service}')`,
    owner: 'text',
    give: (_service, id) => `execution_id = '${id}'`,
  },
  secrets: owned('name, key_id, wrapped_key, ciphertext', (id) => `'N${id}', ${SEALED}`),
  signing_secrets: owned('id, key_id, wrapped_key, ciphertext', (id) => `'${id}', ${SEALED}`),
  service_minutes: owned('minute, runs', () => `date_trunc('minute', now()), 1`),
  service_storage: owned('bytes', () => '1'),
};
