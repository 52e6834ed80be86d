/** The end of such data: whose output it is. */
const end = /,"module":(\d{1,3})\}$/;
const start = '{"output":';

/** An output's JSON text, and the number of the module that made it. */
export interface LastOutput {
  text: string;
  module: number;
}

/** The data of `run.finished`, around an output's JSON text: it may be megabytes, and goes over every hop as it is. */
export function finishedData({ text, module }: LastOutput): string {
  return `${start}${text},"module":${module}}`;
}

/** The output in such data, however it was written; of module `usual` if it does not say. */
export function outputIn(data: string, usual: number): LastOutput {
  const found = data.startsWith(start) ? end.exec(data.slice(-16)) : null;
  if (found) return { text: data.slice(start.length, -found[0].length), module: Number(found[1]) };
  const { output, module } = JSON.parse(data) as { output: unknown; module?: number };
  return { text: JSON.stringify(output), module: module ?? usual };
}
