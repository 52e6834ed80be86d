import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { recordedText, recordedWithShare } from '@agento/evidence/recorded';
import { type PageServer, servePage } from '@agento/page';
import { buildPage } from '@agento/page/build';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { axeFindings, openBrowser, openPage } from './browser.ts';

let folder: string;
let server: PageServer;
let browser: Browser;
let page: Page;
let faults: string[];

beforeAll(async () => {
  await buildPage();
  folder = await mkdtemp(path.join(tmpdir(), 'agento-over-'));
  const traces = path.join(folder, 'traces');
  await mkdir(traces);
  await writeFile(path.join(traces, 'caf44cc231bfc0e4aaa8aea3a11f3a74.jsonl'), recordedText());
  for (const [hours, share] of [
    [1, 0.2],
    [2, 0.6],
    [3, 1],
  ] as const)
    await writeFile(
      path.join(traces, `0af7651916cd43dd8448eb211c80319${hours + 2}.jsonl`),
      recordedWithShare(hours, share),
    );
  await writeFile(path.join(traces, 'broken.jsonl'), 'no trace at all');
  server = await servePage({ jaegerUi: null, place: folder, host: '127.0.0.1', port: 0, allowedHosts: [] });
  browser = await openBrowser();
  ({ page, faults } = await openPage(browser, server.url));
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
  await rm(folder, { recursive: true });
});

test('The last runs are plotted, each bar a way to its run, with where their time and money went together.', async () => {
  await page.getByRole('link', { name: 'Over the last runs' }).click();
  await page.getByRole('heading', { name: 'By agent' }).waitFor();
  await page.getByText('Not read: 1').click();
  await page.getByText('broken.jsonl').waitFor();
  for (const title of ['Score', 'Cost', 'Time', 'Tokens'])
    await page.getByRole('heading', { name: title, exact: true }).waitFor();
  await page.getByText('Score as a table').click();
  expect(await axeFindings(page, 'over')).toEqual([]);

  await page.getByRole('link', { name: 'the slowest first' }).click();
  await page
    .getByRole('link', { name: 'the slowest first', exact: true })
    .and(page.locator('[aria-current]'))
    .waitFor();

  const scores = page.getByRole('list', { name: 'Score of each run, the oldest first' }).getByRole('link');
  await scores.last().focus();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  expect(await page.locator(':focus').getAttribute('aria-label')).toContain('Score 0.2');
  await page.keyboard.press('Enter');
  await page.getByText('score 0.2').waitFor();
});

test('What the audit finds in the last runs is filtered, and opens its place in its run.', async () => {
  await page.getByRole('link', { name: 'Audit', exact: true }).click();
  await page.getByText(/^\d+ findings in 4 runs$/).waitFor();
  await page.getByText('Not read: 1').waitFor();
  expect(await axeFindings(page, 'audit')).toEqual([]);

  await page.getByLabel('Severity').selectOption('warning');
  await page.getByText(/^\d+ of \d+ findings in 4 runs$/).waitFor();
  const levels = await page.getByRole('heading', { level: 2 }).allTextContents();
  expect(levels.filter((text) => !text.startsWith('warning '))).toEqual([]);

  await page.locator('.entries a[href*="show="]').first().click();
  await page.getByRole('complementary', { name: 'Evidence' }).getByText('Attributes').waitFor();
  expect(await page.getByRole('link', { name: 'Findings' }).getAttribute('aria-current')).toBe('page');
});

test('Nothing failed on the way, and nobody else was asked for anything.', () => {
  expect(faults).toEqual([]);
});
