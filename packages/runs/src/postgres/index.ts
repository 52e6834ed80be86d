export { createPostgresStore, type PostgresOptions, type PostgresStore } from './store.ts';
