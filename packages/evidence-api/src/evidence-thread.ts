import { Worker } from 'node:worker_threads';
import type { JaegerAddress } from '@agento/evidence';
import type { Answers, Asked } from './answers.ts';

/** An answer as JSON, or why there is none, as a sentence. */
export interface Answer {
  status: 200 | 400 | 404 | 409;
  text: string;
}

/** What a thread is sent, and sends back under the same number. */
export interface Question {
  number: number;
  asks: keyof Answers;
  asked: Asked;
}
export type Reply = { number: number } & ({ answer: Answer } | { error: Error });

/** What a thread reads, and what its readers are told of the server. */
export interface About {
  /** A folder of traces, or Jaeger. */
  place: string | JaegerAddress;
  /** The models that `POST /run` beside the evidence asks; null where there is none. */
  models: string[] | null;
  /** Address of Jaeger for a browser; null: that of `place`, if it is Jaeger. */
  jaegerUi: string | null;
}

/** Reads traces in a thread of its own: one takes tens of milliseconds, in which a service would do nothing else. */
export interface EvidenceThread {
  /** Rejects where the thread fails, or its memory does not suffice; the next question begins another. */
  ask(asks: keyof Answers, asked: Asked): Promise<Answer>;
  close(): Promise<void>;
}

/** In MiB: a trace of 15 MB takes some 150 to read. */
const memory = 512;

export function startEvidenceThread(about: About): EvidenceThread {
  const waiting = new Map<number, { resolve(answer: Answer): void; reject(error: Error): void }>();
  let worker: Worker | null = null;
  let last = 0;
  const fail = (error: Error) => {
    worker = null;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  const start = () => {
    const thread = new Worker(new URL('./worker.ts', import.meta.url), {
      workerData: about,
      resourceLimits: { maxOldGenerationSizeMb: memory },
    });
    thread.unref();
    thread.on('message', (reply: Reply) => {
      const asker = waiting.get(reply.number);
      waiting.delete(reply.number);
      if ('answer' in reply) asker?.resolve(reply.answer);
      else asker?.reject(reply.error);
    });
    thread.on('error', (error) => fail(new Error('The evidence could not be read', { cause: error })));
    return thread;
  };
  return {
    ask: (asks, asked) =>
      new Promise((resolve, reject) => {
        worker ??= start();
        last += 1;
        waiting.set(last, { resolve, reject });
        worker.postMessage({ number: last, asks, asked } satisfies Question);
      }),
    async close() {
      const thread = worker;
      fail(new Error('The service is stopping'));
      await thread?.terminate();
    },
  };
}
