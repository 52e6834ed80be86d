import { recordedText } from '@agento/evidence/recorded';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openFolder } from './browser.ts';

const run = '7be0e179-6467-4b85-abad-dc729025edb9';

interface Told {
  goal: { value: string };
  criteria: { text: string }[];
  items: { texts: { text: { value: string } }[] }[];
}

let opened: Awaited<ReturnType<typeof openFolder>>;
beforeAll(async () => {
  opened = await openFolder({ 'caf44cc231bfc0e4aaa8aea3a11f3a74.jsonl': recordedText() });
});
afterAll(() => opened?.close());
beforeEach(() => opened.page.unrouteAll());

/** Opens a view of the run in which some texts are others. */
async function openWith(view: string, change: (told: Told) => void) {
  const { page, server } = opened;
  await page.route(`**/runs/${run}/evidence`, async (route) => {
    const told = (await (await route.fetch()).json()) as Told;
    change(told);
    await route.fulfill({ json: told });
  });
  await page.goto('about:blank');
  await page.goto(`${server.url}/#/runs/${run}/${view}`);
  return page;
}

const inEachText = (value: string) => (told: Told) => {
  for (const { texts } of told.items) for (const { text } of texts) text.value = value;
};

test.each([
  ['quotes in quotes', `${'>'.repeat(3_000)} The end.`],
  ['lists in lists', `${'- '.repeat(2_000)}The end.`],
  ['emphasis in emphasis', `${'*a '.repeat(3_000)}The end.${' a*'.repeat(3_000)}`],
])('A text of %s stands there as it was written, and its sentences are links.', async (_what, text) => {
  const page = await openWith('plan', inEachText(text));
  await page.getByRole('link', { name: 'The end.' }).first().waitFor();
  await page.getByRole('heading', { name: 'How it meets its criteria' }).waitFor();
  expect(opened.faults).toEqual([]);
});

test('A revision that leaves no word of a long text is shown without marks, and says so.', async () => {
  const page = await openWith('attempts', (told) => {
    for (const { texts } of told.items)
      for (const [place, { text }] of texts.entries())
        text.value = Array.from({ length: 8_000 }, (_, at) => `w${place}x${at}`).join(' ');
  });
  await page.getByText('Little of the text before is left').first().waitFor();
  expect(await page.getByText('w1x7999').count()).toBeGreaterThan(0);
});

test('A word as long as a page does not make the page wider, and a goal of nothing to see can be read.', async () => {
  const long = 'A'.repeat(10_000);
  const page = await openWith('plan', (told) => {
    inEachText(long)(told);
    for (const criterion of told.criteria) criterion.text = long;
    told.goal.value = '\u200b\u0301';
  });
  await page.getByRole('heading', { level: 1, name: '(goal without anything to see)' }).waitFor();
  for (const width of [1440, 320]) {
    await page.setViewportSize({ width, height: 900 });
    expect(await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')).toBe(0);
  }
  expect(opened.faults).toEqual([]);
});
