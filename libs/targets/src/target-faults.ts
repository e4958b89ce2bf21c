import { failed, type OutcomeFailed } from './outcome.js';

const NO_KEY_OPENS_IT = 'cannot be decrypted: no key in the SECRETS_KEYS of this worker opens it';

export function invalidTarget(message: string): OutcomeFailed {
  return failed('target', { type: 'invalid_target', message });
}

/** @param isUnreadable it exists, but no key of SECRETS_KEYS decrypts it */
export function secretFault(name: string, isUnreadable: boolean): OutcomeFailed {
  return isUnreadable
    ? failed('target', { type: 'secret_unreadable', message: `the secret ${name} ${NO_KEY_OPENS_IT}` })
    : failed('target', { type: 'secret_missing', message: `there is no secret named ${name}` });
}

/** Never sent unsigned: receivers that check signatures would refuse the call, and the others would learn not to. */
export function unsignable(): OutcomeFailed {
  return failed('target', {
    type: 'secret_unreadable',
    message: `the signing secret ${NO_KEY_OPENS_IT}`,
  });
}
