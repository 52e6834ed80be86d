import { parentPort, workerData } from 'node:worker_threads';
import { NotFoundError, NotShownError } from '@agento/evidence';
import { answersFrom } from './answers.ts';
import { folderSource, jaegerSource } from './evidence-source.ts';
import type { About, Answer, Question, Reply } from './evidence-thread.ts';
import { publicAddress } from './public-address.ts';
import { NotRemovedError } from './remove-run.ts';

const { place, models, jaegerUi } = workerData as About;
const jaeger = jaegerUi ?? (typeof place === 'string' ? null : place.url);
const answers = answersFrom(typeof place === 'string' ? folderSource(place) : jaegerSource(place), {
  models,
  jaegerUi: jaeger === null ? null : publicAddress(jaeger),
});

parentPort?.on('message', async ({ number, asks, asked }: Question) => {
  const reply: Reply = await answerTo(asks, asked).then(
    (answer) => ({ number, answer }),
    (error: Error) => ({ number, error }),
  );
  parentPort?.postMessage(reply);
});

async function answerTo(asks: Question['asks'], asked: Question['asked']): Promise<Answer> {
  try {
    return { status: 200, text: JSON.stringify((await answers[asks](asked)) ?? null) };
  } catch (error) {
    if (error instanceof NotFoundError) return { status: 404, text: error.message };
    if (error instanceof NotShownError) return { status: 400, text: error.message };
    if (error instanceof NotRemovedError) return { status: 409, text: error.message };
    throw error;
  }
}
