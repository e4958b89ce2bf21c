export { createLogger } from './create-logger.js';
export { withoutSecrets, withoutSecretText } from './secrets.js';
