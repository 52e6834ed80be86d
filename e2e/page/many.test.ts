import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type PageServer, servePage } from '@agento/page';
import { buildPage } from '@agento/page/build';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { axeFindings, openBrowser, openPage, screenshots } from './browser.ts';
import { idsOf, writeLongRun, writeRuns } from './many-runs.ts';
import { firstPainted, watch, watching } from './watched.ts';

const runs = 1_000;
const spans = 5_000;
/** The newest but one has them. */
const long = idsOf(1);
/** Other work may be done on the same machine. */
const patience = { timeout: 150_000 };
const figures: Record<string, unknown> = {};

let folder: string;
let browser: Browser;
let server: PageServer;
const faults: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'agento-many-'));
  writeRuns(folder, runs);
  writeLongRun(folder, 1, spans);
  [browser] = await Promise.all([openBrowser(), buildPage()]);
  await serve();
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
  await rm(folder, { recursive: true, force: true });
  mkdirSync(screenshots, { recursive: true });
  const text = JSON.stringify(figures, null, 2);
  writeFileSync(path.join(screenshots, 'many.json'), `${text}\n`);
  console.log(text);
});

/** With a server that knows nothing but what is in the folder. */
async function serve(): Promise<void> {
  await server?.close();
  server = await servePage({ place: folder, jaegerUi: null, host: '127.0.0.1', port: 0, allowedHosts: [] });
}

async function open(address: string): Promise<Page> {
  const opened = await openPage(browser, `${server.url}/${address}`, watching);
  opened.page.on('close', () => faults.push(...opened.faults));
  return opened.page;
}

const rowsOf = (page: Page) => page.locator('table.runs tbody tr');

test('The first list of a thousand runs shows the newest at once, and grows until none is missing.', async () => {
  const page = await open('#/');
  figures.first_row_of_a_new_folder_ms = await firstPainted(page, 'table.runs tbody tr');
  const [newest] = await rowsOf(page).allTextContents();
  expect(newest).toContain(idsOf(0).run.slice(0, 8));
  await page.getByText(/traces to go/).waitFor();

  const whole = page.getByText(/^1,000 in /);
  const growing = await watch(page, async () => {
    await whole.waitFor(patience);
    await page.getByText(/traces to go/).waitFor({ state: 'detached' });
  });
  figures.whole_list_of_a_new_folder_ms = Math.round(await page.evaluate<number>('performance.now()'));
  figures.while_the_list_grows = growing;
  const texts = await rowsOf(page).locator('.goal .quiet').allTextContents();
  expect(texts.map((text) => text.trim())).toEqual(
    Array.from({ length: runs }, (_, number) => idsOf(number).run.slice(0, 8)),
  );
  await page.context().close();
});

test('A kept list is shown at once and whole; it is scrolled, searched and sorted, and no key is lost.', async () => {
  await serve();
  const page = await open('#/');
  figures.first_row_of_a_kept_list_ms = await firstPainted(page, 'table.runs tbody tr');
  expect(await rowsOf(page).count()).toBe(runs);
  figures.elements_in_the_list = await page.evaluate<number>('document.querySelectorAll("*").length');

  figures.loading_the_list_again = await watch(page, async () => {
    await page.reload();
    await firstPainted(page, 'table.runs tbody tr');
  });
  figures.scrolling_the_list = await watch(page, () => scrollThrough(page));
  expect(await page.evaluate<number>('scrollY')).toBeGreaterThan(10_000);
  await page.keyboard.press('Home');

  const search = page.getByRole('searchbox');
  const wanted = idsOf(999).run.slice(0, 8);
  await search.focus();
  figures.searching_the_list = await watch(page, async () => {
    await page.keyboard.type(wanted, { delay: 30 });
    await page.getByText(/^1 of 1,000 in /).waitFor();
  });
  expect(await search.inputValue()).toBe(wanted);
  expect(await rowsOf(page).count()).toBe(1);
  figures.clearing_the_search = await watch(page, async () => {
    for (const _ of wanted) await page.keyboard.press('Backspace', { delay: 30 });
    await page.getByText(/^1,000 in /).waitFor();
  });
  figures.sorting_the_list = await watch(page, async () => {
    await page.getByRole('link', { name: 'Began' }).click();
    await page
      .getByRole('columnheader', { name: /Began/ })
      .and(page.locator('[aria-sort="ascending"]'))
      .waitFor();
  });
  expect(await rowsOf(page).first().textContent()).toContain(wanted);
  expect(await rowsOf(page).count()).toBe(runs);
  await page.context().close();
});

test('The timeline of five thousand spans is unfolded, scrolled and walked, and no key is lost.', async () => {
  await serve();
  const page = await open(`#/runs/${long.run}/timeline`);
  figures.first_row_of_the_timeline_ms = await firstPainted(page, 'table.waterfall tr');
  figures.loading_the_timeline_again = await watch(page, async () => {
    await page.reload();
    await firstPainted(page, 'table.waterfall tr');
  });
  const grid = page.getByRole('treegrid');
  const rows = grid.getByRole('row');
  const status = page.getByRole('status').getByText(/ spans/);
  expect(await status.textContent()).toMatch(/ of 5,000 spans$/);

  await page.goto(`${server.url}/#/runs/${long.run}/timeline?requests=`);
  figures.unfolding_the_timeline = await watch(page, async () => {
    await page.getByRole('button', { name: 'Unfold all' }).click();
    await page.getByText('5,000 of 5,000 spans').waitFor();
  });
  expect(await grid.getAttribute('aria-rowcount')).toBe(String(spans));
  figures.elements_in_the_timeline = await page.evaluate<number>('document.querySelectorAll("*").length');
  figures.scrolling_the_timeline = await watch(page, () => scrollThrough(page));
  await rowsFillTheWindow(page);

  await rows.first().focus();
  const steps = 40;
  figures.walking_the_timeline = await watch(page, async () => {
    for (let step = 0; step < steps; step += 1) await page.keyboard.press('ArrowDown', { delay: 20 });
  });
  expect(await focusedRow(page)).toBe(steps + 1);

  figures.scrolling_through_all = await watch(page, async () => {
    for (let notch = 0; notch < 400; notch += 1) await page.mouse.wheel(0, 400);
  });
  expect(await page.evaluate<number>('innerHeight + scrollY - document.body.scrollHeight')).toBeGreaterThan(
    -2,
  );
  await rowsFillTheWindow(page);
  expect(await rows.last().getAttribute('aria-rowindex')).toBe(String(spans));
  // What has the focus keeps it, and a key goes on from there.
  expect(await page.evaluate<string>('document.activeElement.ariaRowIndex')).toBe(String(steps + 1));
  await page.keyboard.press('ArrowUp');
  expect(await focusedRow(page)).toBe(steps);

  await page.keyboard.press('Home');
  expect(await focusedRow(page)).toBe(1);
  figures.walking_through_all = await watch(page, async () => {
    for (let step = 1; step < spans; step += 1) await page.keyboard.press('ArrowDown');
  });
  expect(await focusedRow(page)).toBe(spans);
  await rowsFillTheWindow(page);
  const last = await rows.last().textContent();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowUp');
  expect(await focusedRow(page)).toBe(1);
  await page.keyboard.press('End');
  expect(await focusedRow(page)).toBe(spans);
  expect(await page.evaluate<string>('document.activeElement.textContent')).toBe(last);
  await page.keyboard.press('Enter');
  const evidence = page.getByRole('complementary', { name: 'Evidence' });
  await evidence.getByText('As recorded').waitFor();
  await page.evaluate('scrollTo(0, 0)');
  await page.goto(`${page.url()}&depth=99`);
  await page.reload();
  await evidence.getByText('As recorded').waitFor();
  // The row that the address names.
  await expect.poll(() => rowInWindow(page, '.waterfall tr[tabindex="0"]')).toBe(spans);
  expect(await axeFindings(page, 'timeline-many')).toEqual([]);

  const find = page.getByRole('searchbox').first();
  await find.focus();
  figures.searching_the_timeline = await watch(page, () =>
    page.keyboard.type('item_expansion', { delay: 30 }),
  );
  expect(await find.inputValue()).toBe('item_expansion');

  await page.goto(`${server.url}/#/runs/${long.run}/timeline`);
  const opened = await watch(page, async () => {
    await rows.nth(3).getByRole('link').click();
    await page.getByRole('complementary', { name: 'Evidence' }).getByText('As recorded').waitFor();
  });
  figures.opening_a_span = opened;
  await page.context().close();
});

test('Nothing failed on the way, and nobody else was asked for anything.', () => {
  expect(faults).toEqual([]);
});

/** Its number, counted from 1; 0 where it is not wholly in the window. */
async function rowInWindow(page: Page, place: string): Promise<number> {
  return page.evaluate<number>(`(() => {
    const row = document.querySelector('${place}');
    const { top, bottom } = row.getBoundingClientRect();
    return top > -1 && bottom < innerHeight + 1 ? Number(row.getAttribute('aria-rowindex')) : 0;
  })()`);
}
const focusedRow = (page: Page) => rowInWindow(page, '.waterfall tr:focus');

/** Wherever one looks in the window there is the row that belongs there, and few are drawn outside of it. */
async function rowsFillTheWindow(page: Page): Promise<void> {
  const seen = `(() => {
    const { top, height } = document.querySelector('.waterfall tbody').getBoundingClientRect();
    const many = Number(document.querySelector('.waterfall').getAttribute('aria-rowcount'));
    const wrong = [];
    for (let row = 1; row <= many; row += 1) {
      const middle = top + ((row - 0.5) * height) / many;
      if (middle < 0 || middle > innerHeight) continue;
      const there = document.elementFromPoint(700, middle)?.closest('tr');
      if (there?.getAttribute('aria-rowindex') !== String(row)) wrong.push(row);
    }
    return { wrong, drawn: document.querySelectorAll('.waterfall tr').length };
  })()`;
  await expect.poll(async () => (await page.evaluate<{ wrong: number[] }>(seen)).wrong).toEqual([]);
  expect((await page.evaluate<{ drawn: number }>(seen)).drawn).toBeLessThan(200);
}

/** With the wheel, a notch every few milliseconds. */
async function scrollThrough(page: Page): Promise<void> {
  await page.mouse.move(700, 500);
  for (let notch = 0; notch < 60; notch += 1) await page.mouse.wheel(0, 400);
}
