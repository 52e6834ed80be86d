import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Chain, startChain } from '@agento/chain';
import { buildPage } from '@agento/page/build';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { axeFindings, openBrowser, openPage } from './browser.ts';

const key = 'key-of-the-tests-caller';

let chain: Chain;
let browser: Browser;
let page: Page;
let faults: string[];
/** A site that has nothing to do with Agento. */
let elsewhere: Server;

beforeAll(async () => {
  await buildPage();
  const env = { AGENTO_API_KEYS: key, AGENTO_HOP_KEY: 'key-of-the-tests-hop' };
  [chain, browser] = await Promise.all([startChain({ env }), openBrowser()]);
  ({ page, faults } = await openPage(browser, chain.url(1)));
  elsewhere = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html').end('<title>Elsewhere</title>');
  });
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await browser?.close();
  elsewhere?.close();
  await chain?.stop();
});

const give = async (text: string) => {
  await page.getByLabel('This server asks for a key').fill(text);
  await page.getByRole('button', { name: 'Use it' }).click();
};

test('Where keys are set the page asks for one, and says of a wrong one that it is.', async () => {
  await page.getByLabel('This server asks for a key').waitFor();
  expect(await page.getByLabel('Goal', { exact: true }).count()).toBe(0);
  expect(await page.getByText('The key that was given').count()).toBe(0);
  expect(await axeFindings(page, 'key')).toEqual([]);
  await give('key-of-somebody-else');
  await page.getByText("The key that was given is none of this server's.").waitFor();
  expect(await axeFindings(page, 'key-wrong')).toEqual([]);
});

test('A key that no header can carry is wrong as well, and another can be given.', async () => {
  await give('ключ');
  await page.getByText('The key has characters that no key can have.').waitFor();
  await page.getByText("The key that was given is none of this server's.").waitFor();
});

test('The right key opens everything: a run is started, watched and read.', async () => {
  await give(key);
  await page.getByLabel('Goal', { exact: true }).fill('Found a neighbourhood choir');
  expect(await page.getByLabel('This server asks for a key').count()).toBe(0);
  await page.getByText('Background, review and limits').click();
  expect(await axeFindings(page, 'key-opened')).toEqual([]);
  await page.getByRole('button', { name: 'Start the run' }).click();
  await page.getByRole('heading', { name: 'The run has finished' }).waitFor();
  const headers = { authorization: `Bearer ${key}` };
  const answer = await fetch(`${chain.url(1)}/runs/${runOf(page)}`, { headers });
  await chain.trace(((await answer.json()) as { trace_id: string }).trace_id);
  await page.getByRole('link', { name: 'Read the plan' }).click();
  await page.getByRole('heading', { level: 1, name: 'Found a neighbourhood choir' }).waitFor();
});

test('The key is kept in the storage of its tab alone, and another tab is asked again.', async () => {
  const kept =
    'JSON.stringify([Object.values(sessionStorage), Object.values(localStorage), document.cookie])';
  expect(await page.evaluate(kept)).toBe(JSON.stringify([[key], [], '']));
  expect(await page.context().cookies()).toEqual([]);
  for (const context of [page.context(), await browser.newContext()]) {
    const tab = await context.newPage();
    await tab.goto(chain.url(1));
    await tab.getByLabel('This server asks for a key').waitFor();
    await tab.close();
  }
});

test('What a page of another origin asks for is refused, with and without the key.', async () => {
  const origin = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
  const tab = await (await browser.newContext()).newPage();
  await tab.goto(origin);
  // Its script is told nothing, and its form is refused.
  const told = await tab.evaluate(`fetch('${chain.url(1)}/runs').then(() => 'an answer', () => 'nothing')`);
  expect(told).toBe('nothing');
  const answered = tab.waitForResponse(`${chain.url(1)}/run`);
  await tab.evaluate(`
    document.body.innerHTML = '<form method="post" enctype="text/plain" action="${chain.url(1)}/run"></form>';
    document.forms[0].submit();
  `);
  expect((await answered).status()).toBe(403);
  const withKey = await fetch(`${chain.url(1)}/runs`, {
    headers: { origin, authorization: `Bearer ${key}` },
  });
  expect(withKey.status).toBe(403);
});

test('A run that goes on is cancelled from the page.', async () => {
  await page.goto(`${chain.url(1)}/#/`);
  await page.getByLabel('Goal', { exact: true }).fill('A slow choir [[fault:*:latency-500]]');
  await page.getByRole('button', { name: 'Start the run' }).click();
  await page.getByRole('button', { name: 'Cancel the run' }).click();
  await page.getByRole('heading', { name: 'The run was cancelled' }).waitFor();
  expect(await page.getByRole('button', { name: 'Go on from where it was' }).count()).toBe(1);
  expect(await page.getByRole('button', { name: 'Cancel the run' }).count()).toBe(0);
  const headers = { authorization: `Bearer ${key}` };
  const answer = await fetch(`${chain.url(1)}/runs/${runOf(page)}`, { headers });
  expect(((await answer.json()) as { state: string }).state).toBe('cancelled');
});

test('Nothing failed on the way but what came without the right key, and nobody else was asked for anything.', () => {
  expect(faults.filter((fault) => !fault.includes('status of 401'))).toEqual([]);
});

function runOf(page: Page): string {
  return /runs\/([0-9a-f-]{36})\/live/.exec(page.url())?.[1] ?? '';
}
