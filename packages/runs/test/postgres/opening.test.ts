import { randomUUID } from 'node:crypto';
import { createPostgresStore } from '@agento/runs/postgres';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate } from '../../src/postgres/migrate.ts';
import { migrations } from '../../src/postgres/migrations/index.ts';
import { type PostgresServer, startPostgres } from './server.ts';

let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgres();
});

afterAll(() => server.end());

const open = (url: string, schema = randomUUID()) => createPostgresStore({ url, schema, onError: () => {} });

const refusal = async (url: string) => {
  const error = await open(url).then(
    () => new Error('it opened'),
    (reason: Error) => reason,
  );
  return error.message;
};

test('a wrong password is refused with what to do, and is not repeated', async () => {
  const message = await refusal(server.url.replace('not-a-secret', 'wrong-one'));

  expect(message).toMatch(
    /127\.0\.0\.1:\d+\/postgres refuses the password of tester: correct user and password$/,
  );
  expect(message).not.toContain('wrong-one');
});

test('a database that is not there, a server that is not there and a text that is no URL are told apart', async () => {
  expect(await refusal(server.url.replace(/postgres$/, 'nowhere'))).toMatch(
    /there is no database 127\.0\.0\.1:\d+\/nowhere: create it, or correct its name$/,
  );
  expect(await refusal('postgres://a:b@127.0.0.1:1/c')).toBe(
    'Runs cannot be kept in Postgres: nothing answers at 127.0.0.1:1/c: start Postgres there, or correct host and port',
  );
  expect(await refusal('127.0.0.1:5432')).toBe(
    'The URL of the database must look like postgres://user:password@host:5432/database',
  );
});

test('a database that is newer than the code is accepted, and an open store works on while it becomes so', async () => {
  const schema = randomUUID();
  const id = { runId: randomUUID(), attempt: 1, module: 1 };
  const old = await open(server.url, schema);
  await old.begin({ ...id, input: {}, origin: {} });
  const lease = await old.claim(id);

  const client = new Client({ connectionString: server.url });
  await client.connect();
  const next = (name: string) => `ALTER TABLE ${name}.parts ADD COLUMN priority integer NOT NULL DEFAULT 0`;
  await migrate(client, schema, [...migrations, next]);
  await lease?.append('calls', ['after']);
  const another = await open(server.url, schema);

  expect(await another.records(id, 'calls')).toEqual([{ seq: 1, data: 'after' }]);
  const { rows } = await client.query(`SELECT version FROM "${schema}".migrations ORDER BY version`);
  expect(rows.map(({ version }) => version)).toEqual(
    [...migrations.keys(), migrations.length].map((v) => v + 1),
  );
  await client.end();
  await another.close();
  await old.close();
});

test('a step of a migration that fails leaves nothing behind', async () => {
  const schema = randomUUID();
  const client = new Client({ connectionString: server.url });
  await client.connect();

  await expect(migrate(client, schema, [...migrations, () => 'SELECT 1/0'])).rejects.toThrow(
    'division by zero',
  );

  const { rows } = await client.query('SELECT 1 FROM pg_namespace WHERE nspname = $1', [schema]);
  expect(rows).toEqual([]);
  await client.end();
});
