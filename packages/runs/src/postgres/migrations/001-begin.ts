/**
 * JSON is kept as text: `jsonb` refuses `\u0000`, which a model may well answer with. Times are milliseconds since 1970 by
 * the database's clock.
 */
export const begin = (schema: string) => `
  CREATE TABLE ${schema}.executors (
    id uuid PRIMARY KEY,
    beat timestamptz NOT NULL
  );

  CREATE TABLE ${schema}.parts (
    run_id text COLLATE "C" NOT NULL,
    attempt integer NOT NULL,
    module integer NOT NULL,
    state text NOT NULL,
    input text NOT NULL,
    origin text NOT NULL,
    notes text NOT NULL,
    began_at bigint NOT NULL,
    changed_at bigint NOT NULL,
    executions integer NOT NULL,
    settled boolean NOT NULL,
    cancel boolean NOT NULL,
    begun_by uuid NOT NULL,
    owner uuid,
    lease uuid,
    PRIMARY KEY (run_id, attempt, module)
  );
  CREATE INDEX parts_listed ON ${schema}.parts (module, began_at, run_id, attempt);
  CREATE INDEX parts_unsettled ON ${schema}.parts (module, began_at) WHERE NOT settled;
  CREATE INDEX parts_owned ON ${schema}.parts (owner) WHERE owner IS NOT NULL;

  CREATE TABLE ${schema}.records (
    run_id text COLLATE "C" NOT NULL,
    attempt integer NOT NULL,
    module integer NOT NULL,
    stream text NOT NULL,
    seq integer NOT NULL,
    data text NOT NULL,
    PRIMARY KEY (run_id, attempt, module, stream, seq)
  );

  CREATE TABLE ${schema}.files (
    run_id text COLLATE "C" NOT NULL,
    attempt integer NOT NULL,
    name text NOT NULL,
    module integer NOT NULL,
    data bytea NOT NULL,
    PRIMARY KEY (run_id, attempt, name)
  );

  CREATE TABLE ${schema}.keys (
    key text PRIMARY KEY,
    body_hash text NOT NULL,
    run_id text NOT NULL,
    attempt integer NOT NULL,
    module integer NOT NULL,
    until bigint NOT NULL
  );
`;
