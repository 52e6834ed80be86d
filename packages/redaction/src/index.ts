export { secretsOfEnvironment, secretsOfUrl, withoutCredentials } from './by-value/environment-secrets.ts';
export { marker } from './passages.ts';
export { createRedactor, type RedactedValue, type Redaction, type Redactor } from './redactor.ts';
export { isSecretKey } from './words/secret-keys.ts';
