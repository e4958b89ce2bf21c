/** What the document says of the answers about keys, whoever asks. */
export const NO_SUCH_KEY = { description: 'There is no such key, or it was revoked.' };
export const WIDER = {
  description: 'The key would have scopes that the credential asking for it does not have.',
};
export const NO_KEYS = { description: 'This installation has no API keys.' };
export const EXPIRED = { description: 'It has expired, or this installation has no API keys.' };
export const STALE = { description: 'The key has changed since it was read.' };
export const EXAMPLES = {
  role: { summary: 'With a role', value: { name: 'dashboard', role: 'viewer' } },
  scopes: {
    summary: 'With scopes, from one network, for a while',
    value: {
      name: 'deployments',
      scopes: ['jobs:read', 'jobs:write'],
      allowedCidrs: ['10.0.0.0/8'],
      expiresAt: '2099-01-31T12:00:00Z',
    },
  },
};
