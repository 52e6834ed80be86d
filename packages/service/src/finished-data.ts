const start = '{"output":';

/** The data of `run.finished`, around an output's JSON text: it may be megabytes, and goes over every hop as it is. */
export function finishedData(output: string): string {
  return `${start}${output}}`;
}

/** The text of the output in such data, however it was written. */
export function outputIn(data: string): string {
  if (data.startsWith(start)) return data.slice(start.length, -1);
  return JSON.stringify((JSON.parse(data) as { output: unknown }).output);
}
