import { type Chain, startChain } from '@agento/chain';
import { buildPage } from '@agento/page/build';
import type { Browser, Page, Request } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { axeFindings, openBrowser, openPage } from './browser.ts';

let chain: Chain;
let browser: Browser;
let page: Page;
/** What the page asked for with `POST /run`. */
const asked: Request[] = [];

beforeAll(async () => {
  await buildPage();
  [chain, browser] = await Promise.all([startChain(), openBrowser()]);
  ({ page } = await openPage(browser, chain.url(1)));
  page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().endsWith('/run')) asked.push(request);
  });
});
afterAll(async () => {
  await browser?.close();
  await chain?.stop();
});

beforeEach(async () => {
  await page.goto(`${chain.url(1)}/#/`);
  await page.reload();
  await page.getByLabel('Goal', { exact: true }).fill('Found a neighbourhood choir');
  asked.length = 0;
});

const open = () => page.getByText('Background, review and limits').click();
const start = () => page.getByRole('button', { name: 'Start the run' });
const goal = () => page.getByLabel('Goal', { exact: true });

test('What is asked of a run goes with it, and what it costs is said before.', async () => {
  await page.getByText('The offline model costs nothing.').waitFor();
  await open();
  await page.getByLabel('How far it goes').selectOption('stop after 1. Criteria');
  await page.getByLabel('At most so many tokens').fill('900000');
  await page.getByLabel('At most so many calls').fill('300');
  await page.getByLabel('At most so many seconds').fill('600');
  await page.getByLabel('Session').fill('choirs');
  expect(await page.getByRole('checkbox', { name: /^wait before revising/ }).isDisabled()).toBe(true);
  expect(await axeFindings(page, 'start-options')).toEqual([]);
  await start().click();
  await page.getByRole('heading', { name: 'The run has finished' }).waitFor();
  expect(asked[0]?.postDataJSON()).toEqual({
    goal: 'Found a neighbourhood choir',
    session_id: 'choirs',
    stop_after: 1,
    limits: { tokens: 900_000, calls: 300, seconds: 600 },
  });
});

test('A text that is too long, or a number that is none of those taken, is not sent, and the field says why.', async () => {
  await goal().fill('é'.repeat(8_193));
  await page.getByText('8,193 characters, 16,386 of 16,384 bytes: 2 bytes too long').waitFor();
  await start().click();
  await goal().fill('Found a neighbourhood choir');
  await open();
  await page.getByLabel('At most so many seconds').fill('86401');
  await open();
  await start().click();
  // It is shown again, since the browser says there what is wrong.
  expect(await page.getByLabel('At most so many seconds').isVisible()).toBe(true);
  expect(asked.length).toBe(0);
});

test('A file is taken if it is text and short enough, and its name stays.', async () => {
  await open();
  const file = page.getByLabel('or from a text file');
  const background = page.getByLabel('Background: what the planners should know');
  await file.setInputFiles({
    name: 'notes.md',
    mimeType: 'text/markdown',
    buffer: Buffer.from('We are nine.'),
  });
  await page.getByText('Taken from notes.md, 12 bytes.').waitFor();
  expect(await background.inputValue()).toBe('We are nine.');
  await file.setInputFiles({
    name: 'photo.png',
    mimeType: 'image/png',
    buffer: Buffer.from([137, 80, 0, 255]),
  });
  await page.getByText('photo.png is not text in UTF-8').waitFor();
  await file.setInputFiles({ name: 'book.txt', mimeType: 'text/plain', buffer: Buffer.alloc(262_145, 'a') });
  await page.getByText('book.txt is 262,145 bytes long; at most 262,144 are taken.').waitFor();
  expect(await background.inputValue()).toBe('We are nine.');
});

async function runs(): Promise<number> {
  const answer = await fetch(`${chain.url(1)}/runs?limit=100`);
  return ((await answer.json()) as { runs: unknown[] }).runs.length;
}

test('A double click, and a retry after the answer was lost, start one run.', async () => {
  const before = await runs();
  await page.route(
    '**/run',
    async (route) => {
      // The service has it, and the page never hears of that.
      await route.fetch();
      await route.abort('connectionreset');
    },
    { times: 1 },
  );
  await start().dblclick();
  await page.getByText('The server does not answer.').waitFor();
  await start().click();
  await page.getByRole('heading', { name: 'The run has finished' }).waitFor();
  const keys = asked.map((request) => request.headers()['idempotency-key']);
  expect([keys.length, new Set(keys).size, await runs()]).toEqual([2, 1, before + 1]);
});

test.each([
  ['an error of a proxy', { status: 502, contentType: 'text/html', body: '<h1>Bad Gateway</h1>' }],
  ['an error of a proxy in JSON', { status: 504, json: { detail: 'upstream timed out' } }],
  ['a page that asks for a login', { status: 200, contentType: 'text/html', body: '<h1>Log in</h1>' }],
])('A retry after %s came in place of the answer starts no second run.', async (_what, answer) => {
  const before = await runs();
  asked.length = 0;
  await page.goto(`${chain.url(1)}/#/`);
  await page.getByLabel('Goal', { exact: true }).fill('Found a choir behind a proxy');
  await page.route(
    '**/run',
    async (route) => {
      await route.fetch();
      await route.fulfill(answer);
    },
    { times: 1 },
  );
  await start().click();
  await page.getByText(/The server answered 502|upstream timed out|no answer of the service/).waitFor();
  await start().click();
  await page.getByRole('heading', { name: 'The run has finished' }).waitFor();
  const keys = asked.map((request) => request.headers()['idempotency-key']);
  expect([keys.length, new Set(keys).size, await runs()]).toEqual([2, 1, before + 1]);
});
