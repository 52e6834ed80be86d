import { recordedText, recordedWithShare } from '@agento/evidence/recorded';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { axeFindings, openFolder } from './browser.ts';

let opened: Awaited<ReturnType<typeof openFolder>>;
let page: Page;
let faults: string[];

beforeAll(async () => {
  opened = await openFolder({
    'caf44cc231bfc0e4aaa8aea3a11f3a74.jsonl': recordedText(),
    '0af7651916cd43dd8448eb211c803193.jsonl': recordedWithShare(1, 0.2),
    '0af7651916cd43dd8448eb211c803194.jsonl': recordedWithShare(2, 0.6),
    '0af7651916cd43dd8448eb211c803195.jsonl': recordedWithShare(3, 1),
    'broken.jsonl': 'no trace at all',
  });
  ({ page, faults } = opened);
});
afterAll(() => opened?.close());

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
