import { parseArgs } from 'node:util';

/** @returns what to measure and how often; throws on what it does not know */
export function readOptions(args, suiteNames) {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string', default: suiteNames.join(',') },
      rounds: { type: 'string', default: '5' },
      'quiet-seconds': { type: 'string', default: '60' },
      'without-fsync': { type: 'boolean', default: false },
      profile: { type: 'string' },
    },
  });
  const only = values.only.split(',');
  const unknown = only.filter((name) => !suiteNames.includes(name));
  if (unknown.length > 0)
    throw new Error(`no suite ${unknown.join(', ')}; there are ${suiteNames.join(', ')}`);
  return {
    only,
    rounds: positive('rounds', values.rounds),
    quietSeconds: positive('quiet-seconds', values['quiet-seconds']),
    /** Whether a commit waits for the disk, as it does in production. */
    fsync: !values['without-fsync'],
    /** Folder for `--cpu-prof` of every contestant. */
    profile: values.profile ?? null,
  };
}

function positive(name, text) {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new Error(`--${name} ${text}: not a number from 1 up`);
  return number;
}
