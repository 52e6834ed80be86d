export { secretsOfEnvironment, secretsOfUrl, withoutCredentials } from './environment-secrets.ts';
export { marker } from './found.ts';
export { createRedactor, type RedactedValue, type Redaction, type Redactor } from './redactor.ts';
export { isSecretKey } from './secret-keys.ts';
