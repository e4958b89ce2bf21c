export { createLogger } from './create-logger.js';
export { withoutUrlPasswords } from './secrets.js';
