import { type PostgresServer, startPostgres } from '@agento/runs/testing/postgres';
import { Client } from 'pg';

/** What a database has done so far. */
export interface DatabaseWork {
  /** Committed transactions: one a statement here. */
  statements: number;
  inserted: number;
  updated: number;
  /** Bytes of its tables with their indexes. */
  stored: number;
  /** Bytes of its log. */
  logged: number;
}

export interface BenchDatabase {
  url: string;
  work(): Promise<DatabaseWork>;
  end(): Promise<void>;
}

/** A Postgres for one measurement; it syncs, as one that keeps its promises does. */
export async function startDatabase(): Promise<BenchDatabase> {
  const server: PostgresServer = await startPostgres({ syncs: true });
  return {
    url: server.url,
    end: () => server.end(),
    async work() {
      const client = new Client(server.url);
      await client.connect();
      try {
        const { rows } = await client.query<Record<keyof DatabaseWork, string>>(
          `SELECT xact_commit AS statements, tup_inserted AS inserted, tup_updated AS updated,
             (SELECT sum(pg_total_relation_size(relid)) FROM pg_statio_user_tables) AS stored,
             pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') AS logged
           FROM pg_stat_database WHERE datname = current_database()`,
        );
        const [row] = rows;
        if (!row) throw new Error('The database does not know itself');
        const work = Object.entries(row).map(([name, value]) => [name, Number(value)]);
        return Object.fromEntries(work) as DatabaseWork;
      } finally {
        await client.end();
      }
    },
  };
}
