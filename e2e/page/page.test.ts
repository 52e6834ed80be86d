import { type Chain, startChain } from '@agento/chain';
import { buildPage } from '@agento/page/build';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { axeFindings, openBrowser, openPage } from './browser.ts';

/** Markup, a terminal's colours and text from right to left: all of it is text. */
const hostile = 'Found a choir <img src=x onerror=alert(1)> \u001b[31mred\u001b[0m \u202eright to left\u202c';

let chain: Chain;
let browser: Browser;
let page: Page;
let faults: string[];
/** The run that the tests below look at. */
let id: string;

beforeAll(async () => {
  await buildPage();
  [chain, browser] = await Promise.all([startChain(), openBrowser()]);
  ({ page, faults } = await openPage(browser, chain.url(1)));
});
afterAll(async () => {
  await browser?.close();
  await chain?.stop();
});

const goTo = async (view: string) => {
  await page.goto(`${chain.url(1)}/#/runs/${id}/${view}`);
  await page.getByRole('navigation', { name: 'Views of the run' }).waitFor();
};

test('A run is started from the page, watched to its end, and its plan read.', async () => {
  await page.getByLabel('Goal', { exact: true }).fill('Found a neighbourhood choir');
  expect(await axeFindings(page, 'start')).toEqual([]);
  await page.getByRole('button', { name: 'Start the run' }).click();

  await page.getByRole('heading', { name: 'The run goes on' }).waitFor();
  await page.getByRole('heading', { name: 'The run has finished' }).waitFor();
  expect(await page.locator('main').textContent()).toMatch(
    /Found a neighbourhood choir[\s\S]*\d steps done[\s\S]*\d tokens[\s\S]*cost unknown[\s\S]*expansion_evaluation p1-i\d c\d ItemEvaluator/,
  );
  id = /runs\/([0-9a-f-]{36})\/live/.exec(page.url())?.[1] ?? '';
  expect(await axeFindings(page, 'live')).toEqual([]);
  for (const part of ['Criteria', 'Outline', 'Items', 'Deficiencies', 'Revisions'])
    expect(await page.getByRole('heading', { name: new RegExp(`${part} done`) }).count()).toBe(1);

  await chain.trace(await traceIdOf(id));
  await page.getByRole('link', { name: 'Read the plan' }).click();
  await page.getByRole('heading', { level: 1, name: 'Found a neighbourhood choir' }).waitFor();
  expect(await page.getByText('The evidence is complete').count()).toBe(1);
  expect(await axeFindings(page, 'plan')).toEqual([]);
});

test('A sentence of the plan says why it stands there, down to the prompt of who wrote it.', async () => {
  await goTo('plan');
  const sentence = page.locator('.document .sentence').first();
  const text = (await sentence.textContent())?.trim() ?? '';
  await sentence.click();

  const panel = page.getByRole('complementary', { name: 'Why' });
  await panel.getByRole('heading', { name: 'Back to the goal' }).waitFor();
  expect(await panel.textContent()).toContain(text.replace(/[.;]$/, ''));
  expect(await panel.textContent()).toContain('It was asked for.');
  // Every id in it is a way to what it names; a run's own is none, nor any part of it.
  const doors = await panel.locator('a.door').allTextContents();
  expect(doors.filter((id) => !/^([0-9a-f]{16}|(r-)?p\d+(-i\d+(-a\d+(-s\d+)?)?)?|c\d)$/.test(id))).toEqual(
    [],
  );
  expect(await axeFindings(page, 'why')).toEqual([]);

  await panel
    .getByRole('link', { name: /^[0-9a-f]{16}$/ })
    .first()
    .click();
  const shown = page.getByRole('complementary', { name: 'Evidence' });
  await shown
    .getByText(/^(System|Prompt|Message)/)
    .first()
    .waitFor();
  expect(await shown.textContent()).toContain('ItemExpander');
  await page.keyboard.press('Escape');
  await shown.waitFor({ state: 'detached' });
});

test('Decisions, verdicts, revisions, findings, spans and costs are there, each a view for everybody.', async () => {
  for (const [view, what] of [
    ['decisions', 'Which plan'],
    ['verdicts', 'The final plan'],
    ['attempts', 'Attempt 1'],
    ['findings', '1 run:'],
    ['timeline', 'run_module_5'],
    ['costs', 'By agent'],
  ] as const) {
    await goTo(view);
    await page.getByText(what).first().waitFor();
    expect(await axeFindings(page, view)).toEqual([]);
  }
});

test('The timeline is folded, unfolded and walked with the keyboard alone.', async () => {
  await goTo('timeline');
  const rows = page.getByRole('treegrid').getByRole('row');
  await rows.first().focus();
  const before = await rows.count();
  await page.keyboard.press('ArrowLeft');
  expect(await rows.count()).toBeLessThan(before);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.getByRole('complementary', { name: 'Evidence' }).getByText('As recorded').waitFor();
});

test('A run that waits for a person is reviewed on the page, and goes on with what was decided.', async () => {
  await page.goto(`${chain.url(1)}/#/`);
  await page.getByLabel('Goal', { exact: true }).fill('Found a neighbourhood choir');
  await page.getByText('Background, review and limits').click();
  await page.getByRole('checkbox', { name: /^wait before revising/ }).check();
  await page.getByRole('button', { name: 'Start the run' }).click();
  await page.getByRole('link', { name: 'It waits for a review: decide' }).click();
  const first = page.getByRole('group').first();
  await first.getByRole('radio', { name: 'reword' }).check();
  await first.getByLabel('In other words').fill('Name who counts the hours, and when.');
  await first.getByLabel('Reason').fill('Somebody has to do it.');
  for (const reason of await page.getByRole('textbox', { name: 'Reason', exact: true }).all()) {
    if ((await reason.inputValue()) === '') await reason.fill('Not now.');
  }
  expect(await axeFindings(page, 'review')).toEqual([]);
  await page.getByRole('button', { name: 'Decide, and go on' }).click();
  await page.getByRole('heading', { name: 'The run has finished' }).waitFor();

  const reviewed = /runs\/([0-9a-f-]{36})\/live/.exec(page.url())?.[1] ?? '';
  await chain.trace(await traceIdOf(reviewed));
  await page.goto(`${chain.url(1)}/#/runs/${reviewed}/decisions`);
  await page.getByText('HumanReviewer').first().waitFor();
  await page.getByText('Name who counts the hours, and when.').first().waitFor();
});

test('Hostile texts are text, and two runs are compared.', async () => {
  await page.goto(`${chain.url(1)}/#/`);
  await page.getByLabel('Goal', { exact: true }).fill(hostile);
  await page.getByRole('button', { name: 'Start the run' }).click();
  await page.getByRole('heading', { name: 'The run has finished' }).waitFor();
  const other = /runs\/([0-9a-f-]{36})\/live/.exec(page.url())?.[1] ?? '';
  await chain.trace(await traceIdOf(other));
  await page.getByRole('link', { name: 'Read the plan' }).click();
  await page.getByRole('heading', { level: 1, name: '<img src=x onerror=alert(1)>' }).waitFor();

  await page.getByRole('link', { name: 'Agento', exact: true }).click();
  const boxes = page.getByRole('checkbox', { name: /^Compare/ });
  await boxes.nth(1).waitFor();
  await boxes.nth(0).check();
  await boxes.nth(1).check();
  expect(await axeFindings(page, 'runs')).toEqual([]);
  await page.getByRole('link', { name: 'Compare the two' }).click();
  await page.getByRole('heading', { level: 2 }).first().waitFor();
  expect(await axeFindings(page, 'compare')).toEqual([]);
});

test('Nothing failed on the way, and nobody else was asked for anything.', () => {
  expect(faults).toEqual([]);
});

async function traceIdOf(run: string): Promise<string> {
  const answer = await fetch(`${chain.url(1)}/runs/${run}`);
  return ((await answer.json()) as { trace_id: string }).trace_id;
}
