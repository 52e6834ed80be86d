import { recordedText } from '@agento/evidence/recorded';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openFolder } from './browser.ts';

const run = '7be0e179-6467-4b85-abad-dc729025edb9';

let opened: Awaited<ReturnType<typeof openFolder>>;
beforeAll(async () => {
  opened = await openFolder({ 'caf44cc231bfc0e4aaa8aea3a11f3a74.jsonl': recordedText() });
});
afterAll(() => opened?.close());

test.each(['#/?by=constructor', '#/?by=__proto__', '#/?by=toString&order=up'])(
  'The list is there and can be sorted, though its address is %s.',
  async (hash) => {
    const { page, faults, server } = opened;
    await page.goto(`${server.url}/${hash}`);
    await page.reload();
    await page.getByRole('columnheader', { name: 'Began' }).waitFor();
    await page.getByRole('link', { name: 'Calls' }).click();
    await page.getByRole('columnheader', { name: 'Calls', includeHidden: true }).waitFor();
    expect(faults).toEqual([]);
  },
);

test.each(['constructor', '__proto__', 'toString', 'nonsense'])(
  'A view of a run that is called %s is its plan.',
  async (view) => {
    const { page, faults, server } = opened;
    await page.goto(`${server.url}/#/runs/${run}/${view}`);
    await page.getByText('Any sentence answers when clicked').waitFor();
    expect(faults).toEqual([]);
  },
);

test.each([
  'runs/nonsense',
  'runs/..%2Fevidence%2Fruns%3F/plan',
  `runs/${run}%2Fevidence%3F/live`,
  'runs/%2e%2e/review',
  `compare/${run}/..%2F`,
])('What is no run asks the server for nothing: #/%s.', async (place) => {
  const { page, faults, server } = opened;
  const asked: string[] = [];
  const note = (request: { url(): string }) => asked.push(request.url());
  await page.goto('about:blank');
  page.on('request', note);
  await page.goto(`${server.url}/#/${place}`);
  await page.getByRole('alert').getByText('This address names no run').waitFor();
  page.off('request', note);
  expect(asked.filter((url) => /runs|evidence/.test(url.split('#')[0] ?? ''))).toEqual([]);
  expect(faults).toEqual([]);
});

test('What is opened beside a view takes the focus, and gives it back when it is closed.', async () => {
  const { page, server } = opened;
  await page.goto(`${server.url}/#/runs/${run}/plan`);
  const door = page.getByRole('link', { name: /^1\. / });
  await door.focus();
  for (const close of ['Escape', 'Enter']) {
    await page.keyboard.press('Enter');
    const panel = page.getByRole('complementary', { name: 'Why' });
    await panel.getByRole('heading', { level: 2 }).waitFor();
    expect(await page.evaluate<string>('document.activeElement.className')).toBe('panel');
    if (close === 'Enter') await panel.getByRole('link', { name: 'Close' }).focus();
    await page.keyboard.press(close);
    await panel.waitFor({ state: 'detached' });
    expect(await page.evaluate<string>('document.activeElement.textContent')).toBe(await door.textContent());
  }
});
