import { mkdirSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { servePage } from '@agento/page';
import { buildPage } from '@agento/page/build';
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, chromium, type Page } from 'playwright-core';
import { chromiumPath } from './chromium.ts';

export const screenshots = path.join(import.meta.dirname, 'screenshots');

export function openBrowser(): Promise<Browser> {
  const executablePath = chromiumPath();
  if (executablePath === null) throw new Error('There is no Chromium: apt-get install chromium');
  // Without its sandbox, which root in a container has not.
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
}

/**
 * A tab that fails the test where the page throws, logs an error, or asks anybody but its own server. `first` is a script
 * that runs before the page's own.
 */
export async function openPage(
  browser: Browser,
  url: string,
  first = '',
): Promise<{ page: Page; faults: string[] }> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  await context.addInitScript({ content: first });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(`threw ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`logged ${message.text()}`);
  });
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== new URL(url).origin) faults.push(`asked ${request.url()}`);
  });
  page.on('dialog', (dialog) => {
    faults.push(`opened a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(url);
  return { page, faults };
}

/** The page over a folder of its own with these files in `traces/`, without any service, and a tab on it. */
export async function openFolder(traces: Record<string, string>, jaegerUi: string | null = null) {
  await buildPage();
  const folder = await mkdtemp(path.join(tmpdir(), 'agento-page-'));
  await mkdir(path.join(folder, 'traces'));
  for (const [name, text] of Object.entries(traces)) await writeFile(path.join(folder, 'traces', name), text);
  const server = await servePage({ place: folder, jaegerUi, host: '127.0.0.1', port: 0, allowedHosts: [] });
  const browser = await openBrowser();
  return {
    ...(await openPage(browser, server.url)),
    browser,
    server,
    async close() {
      await browser.close();
      await server.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** What axe finds wrong with what is shown, in both themes, wide and narrow; keeps a picture of each. */
export async function axeFindings(page: Page, name: string): Promise<string[]> {
  mkdirSync(screenshots, { recursive: true });
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [1440, 360]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      const { violations } = await new AxeBuilder({ page }).analyze();
      for (const { id, nodes } of violations)
        found.push(`${name}, ${colorScheme}, ${width} px: ${id}: ${nodes[0]?.html.slice(0, 200)}`);
      const wide = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
      if (wide > 0) found.push(`${name}, ${width} px: the page is ${wide} px wider than its window`);
      await page.screenshot({ path: path.join(screenshots, `${name}-${colorScheme}-${width}.png`) });
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1440, height: 900 });
  return found;
}
