export { createLogger } from './create-logger.js';
export { withoutSecrets, withoutUrlPasswords } from './secrets.js';
