/** This moment by the database's clock, in milliseconds since 1970: replicas' own clocks may differ. */
export const nowMs = '(extract(epoch FROM clock_timestamp()) * 1000)::bigint';

/** How long after its last heartbeat an executor counts as dead. */
const deadAfter = "interval '4 seconds'";

/** Whether nobody alive owns a row of `parts`; `executors` is the quoted name of the table. */
export const unowned = (executors: string) =>
  `(owner IS NULL OR NOT EXISTS (
    SELECT 1 FROM ${executors} AS executor
    WHERE executor.id = owner AND executor.beat > clock_timestamp() - ${deadAfter}))`;
