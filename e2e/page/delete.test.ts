import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { type Chain, startChain } from '@agento/chain';
import { servePage } from '@agento/page';
import { buildPage } from '@agento/page/build';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { axeFindings, openBrowser, openPage } from './browser.ts';

let chain: Chain;
let browser: Browser;

beforeAll(async () => {
  await buildPage();
  [chain, browser] = await Promise.all([startChain(), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await chain?.stop();
});

test('A run is deleted from the list after a question, with its outputs and its trace; the other stays.', async () => {
  const [choir, cafe] = [await run('Found a choir'), await run('Open a repair cafe')];
  const { page, faults } = await openPage(browser, chain.url(1));
  const opener = page.getByRole('button', { name: /^Delete “Found a choir”/ });
  await opener.focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: /^Delete “Found a choir”/ });
  await dialog.getByText('its trace, and with it').waitFor();
  expect(await axeFindings(page, 'delete')).toEqual([]);
  await page.keyboard.press('Escape');
  // Closed it has no role any more, a moment before it is gone.
  await page.locator('dialog').waitFor({ state: 'detached' });
  expect(
    await page.evaluate<boolean>(
      "document.activeElement.getAttribute('aria-label')?.startsWith('Delete “Found')",
    ),
  ).toBe(true);
  expect(await traces()).toEqual([choir.trace_id, cafe.trace_id].sort());

  await page.keyboard.press('Enter');
  await dialog.getByRole('button', { name: 'Delete it' }).click();
  await page.getByRole('link', { name: 'Found a choir' }).waitFor({ state: 'detached' });

  expect(await page.getByRole('link', { name: 'Open a repair cafe' }).count()).toBe(1);
  expect(await traces()).toEqual([cafe.trace_id]);
  for (const module of [1, 2, 3, 4, 5]) {
    const known = await fetch(`${chain.url(module)}/runs/${choir.run_id}`);
    expect([module, known.status]).toEqual([module, 404]);
  }
  expect(await readdir(path.join(chain.dataDir, 'runs'))).not.toContain(choir.run_id);
  expect(faults).toEqual([]);
  await page.context().close();
});

test('What the server refuses is said in its words, and the run stays.', async () => {
  const { page } = await openPage(browser, chain.url(1));
  await page.route('**/runs/*/evidence', (route) =>
    route.fulfill({ status: 409, contentType: 'application/problem+json', body: '{"detail":"Not now."}' }),
  );
  await page.getByRole('button', { name: /^Delete “Open a repair cafe”/ }).click();
  await page.getByRole('button', { name: 'Delete it' }).click();
  await page.getByRole('alert').getByText('Not now.').waitFor();
  expect((await traces()).length).toBe(1);

  // Of the run only its trace is left: the rest goes as well.
  await page.unroute('**/runs/*/evidence');
  await page.getByRole('button', { name: 'Delete it' }).click();
  await page.getByText(/There is no run in/).waitFor();
  expect(await traces()).toEqual([]);
  await page.context().close();
});

test('A run is deleted from its own view as well, which then gives way to the list.', async () => {
  const { run_id } = await run('Found a choir');
  const { page, faults } = await openPage(browser, `${chain.url(1)}/#/runs/${run_id}/costs`);
  const opener = page.getByRole('button', { name: 'Delete' });
  await opener.click();
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.locator('dialog').waitFor({ state: 'detached' });
  expect(await page.evaluate<string>('document.activeElement.textContent')).toBe('Delete');
  await opener.click();
  await page.getByRole('button', { name: 'Delete it' }).click();
  await page.getByText(/There is no run in/).waitFor();
  expect(await traces()).toEqual([]);
  expect(faults).toEqual([]);
  await page.context().close();
});

test('A run that ended before anybody saw it is not deleted by cancelling it.', async () => {
  const { run_id } = await run('Found a choir');
  const { page } = await openPage(browser, chain.url(1));
  await page.route('**/events', () => {
    // Whatever happens is not told.
  });
  await page.goto(`${chain.url(1)}/#/runs/${run_id}/live`);
  const answered = page.waitForResponse((response) => response.request().method() === 'DELETE');
  await page.getByRole('button', { name: 'Cancel the run' }).click();
  expect((await answered).ok()).toBe(true);
  expect((await fetch(`${chain.url(1)}/runs/${run_id}`)).status).toBe(200);
  await page.context().close();
  for (const what of ['', '/evidence'])
    await fetch(`${chain.url(1)}/runs/${run_id}${what}`, { method: 'DELETE' });
});

test('A run that is deleted while it is watched, or never was, cannot be watched, and nothing can be asked of it.', async () => {
  const { page } = await openPage(
    browser,
    `${chain.url(1)}/#/runs/00000000-0000-4000-8000-000000000000/live`,
  );
  await page.getByRole('heading', { name: 'The run cannot be watched' }).waitFor();
  await page.getByRole('alert').getByText('not known here').waitFor();
  expect(await page.getByRole('button', { name: 'Cancel the run' }).count()).toBe(0);
  await page.context().close();
});

test('The page over a folder alone offers no deleting, and its server does none.', async () => {
  const { run_id } = await run('Found a quiet choir');
  const server = await servePage({
    place: chain.dataDir,
    jaegerUi: null,
    host: '127.0.0.1',
    port: 0,
    allowedHosts: [],
  });
  const { page } = await openPage(browser, server.url);
  await page.getByRole('link', { name: 'Found a quiet choir' }).waitFor();
  expect(await page.getByRole('button', { name: /^Delete/ }).count()).toBe(0);
  await page.getByRole('link', { name: 'Found a quiet choir' }).click();
  await page.getByText('Any sentence answers when clicked').waitFor();
  expect(await page.getByRole('button', { name: /^Delete/ }).count()).toBe(0);
  const refused = await fetch(`${server.url}/runs/${run_id}/evidence`, { method: 'DELETE' });
  expect(refused.status).toBe(404);
  expect((await traces()).length).toBe(1);
  await page.context().close();
  await server.close();
});

/** A run that has ended, with its trace on the disk. */
async function run(goal: string): Promise<{ run_id: string; trace_id: string }> {
  const answer = await fetch(`${chain.url(1)}/run`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ goal }),
  });
  const { run_id, trace_metadata } = (await answer.json()) as {
    run_id: string;
    trace_metadata: { trace_id: string };
  };
  await chain.trace(trace_metadata.trace_id);
  return { run_id, trace_id: trace_metadata.trace_id };
}

async function traces(): Promise<string[]> {
  const names = await readdir(path.join(chain.dataDir, 'traces'));
  return names.map((name) => path.basename(name, '.jsonl')).sort();
}
