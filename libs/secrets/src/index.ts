export { SecretsHttpModule } from './http/secrets-http.module.js';
export { rotateMasterKeys } from './master-key-rotation.js';
export { SecretResolver } from './secret-resolver.js';
export { SecretsModule } from './secrets.module.js';
export { SigningKeys } from './signing/signing-keys.js';
export { SecretsService } from './secrets.service.js';
export { SigningSecretsService } from './signing/signing-secrets.service.js';
