import { recordedText } from '@agento/evidence/recorded';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { axeFindings, openFolder } from './browser.ts';

const run = '7be0e179-6467-4b85-abad-dc729025edb9';
const jaeger = 'https://traces.example/trace/caf44cc231bfc0e4aaa8aea3a11f3a74';

let opened: Awaited<ReturnType<typeof openFolder>>;
let page: Page;
let faults: string[];

beforeAll(async () => {
  const traces = { 'caf44cc231bfc0e4aaa8aea3a11f3a74.jsonl': recordedText() };
  opened = await openFolder(traces, 'https://someone:word@traces.example/');
  ({ page, faults } = opened);
});
afterAll(() => opened?.close());

test('The timeline is filtered, the address keeps how, and one button clears it.', async () => {
  await page.goto(`${opened.server.url}/#/runs/${run}/timeline`);
  const status = page.getByRole('status');
  const rows = page.getByRole('treegrid').getByRole('row');
  await rows.first().waitFor();
  const first = await rows.count();

  await page.getByRole('combobox', { name: /^Agent/ }).selectOption('PlanEvaluator');
  await page.getByRole('combobox', { name: /^Module/ }).selectOption('2');
  await status.getByText('below what they belong to').waitFor();
  expect(await rows.first().getByRole('link').textContent()).toBe('run_module_2');
  expect(page.url()).toContain('agent=PlanEvaluator&module=2');
  const found = await status.textContent();
  expect(await axeFindings(page, 'timeline-filtered')).toEqual([]);

  await page.reload();
  await status.getByText('below what they belong to').waitFor();
  expect(await status.textContent()).toBe(found);
  await page.getByLabel('took at least').fill('3600');
  await page.getByLabel('took at least').press('Enter');
  await status.getByText(/^0 of \d+ spans$/).waitFor();

  await page.getByRole('button', { name: 'Clear all' }).click();
  await status.getByText(new RegExp(`^${first} of `)).waitFor();
  expect(page.url()).toBe(`${opened.server.url}/#/runs/${run}/timeline`);
  await page.getByLabel('unfolded to level').fill('1');
  await page.getByLabel('unfolded to level').press('Enter');
  await status.getByText(/^5 of /).waitFor();
});

test('A run and each of its spans have a link to Jaeger, without the login that is in its address.', async () => {
  const of = (name: string) => page.getByRole('link', { name }).getAttribute('href');
  expect(await of('Trace in Jaeger')).toBe(jaeger);
  await page.goto(`${opened.server.url}/#/runs/${run}/timeline?show=fbd2c7003de5cf92`);
  await page.getByRole('link', { name: 'Span in Jaeger' }).waitFor();
  expect(await of('Span in Jaeger')).toBe(`${jaeger}?uiFind=fbd2c7003de5cf92`);
  expect(await axeFindings(page, 'span')).toEqual([]);
});

test('A chain that is cut goes on a step at a time, or all the way.', async () => {
  await page.goto(`${opened.server.url}/#/runs/${run}/plan?why=p3-i2-a2`);
  const panel = page.getByRole('complementary', { name: 'Why' });
  const further = panel.getByRole('link', { name: 'One step further' });
  await further.waitFor();
  expect(await axeFindings(page, 'why-cut')).toEqual([]);
  const links = panel.getByText(/^\d+ {2}/);
  const first = await links.count();
  await further.click();
  await page.waitForURL(/back=4/);
  await panel.getByText('It was asked for.').waitFor();
  // What was shown before may still stand there.
  await expect.poll(() => links.count()).toBeGreaterThan(first);
  await panel.getByRole('link', { name: 'All the way' }).click();
  await further.waitFor({ state: 'detached' });
  await panel.getByText('It was asked for.').waitFor();
  expect(await panel.getByText(/more links?, further back/).count()).toBe(0);
});

test('Nothing failed on the way, and nobody else was asked for anything.', () => {
  expect(faults).toEqual([]);
});
