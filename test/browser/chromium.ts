import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const PLACES = [process.env['DISPATCH_TEST_CHROMIUM'], '/usr/bin/chromium', '/usr/bin/google-chrome'];

export const DESK = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

/** @throws where there is no Chromium: none is downloaded */
export function openChromium(): Promise<Browser> {
  const executablePath = PLACES.find((path) => path !== undefined && existsSync(path));
  if (!executablePath) throw new Error('no Chromium: apt-get install chromium, or name one in DISPATCH_TEST_CHROMIUM');
  const quiet = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', ...quiet, '--disable-component-update', '--disable-sync'],
  });
}

/** Who is signed in, as the pages keep it. */
export interface Person {
  readonly role: string;
  readonly technicianId?: string;
}

/** A browser of one person, or of nobody who is signed in, with all that went wrong in it: errors of scripts, and what the content policy refused. */
export interface Seat {
  readonly page: Page;
  readonly faults: readonly string[];
  close(): Promise<void>;
}

export async function seat(
  browser: Browser,
  url: string,
  { role, technicianId }: Partial<Person>,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<Seat> {
  const context: BrowserContext = await browser.newContext({ baseURL: url, viewport: DESK, ...options });
  const credentials = role && {
    kind: 'development',
    actorId: `${role}-1`,
    role,
    ...(technicianId && { technicianId }),
  };
  await context.addInitScript(
    ([key, value]) => {
      if (key && value && !sessionStorage.getItem(key)) sessionStorage.setItem(key, value);
    },
    ['dispatch.credentials', credentials ? JSON.stringify(credentials) : ''],
  );
  // A step that hangs is named by itself, long before the test's own time is over.
  context.setDefaultTimeout(8_000);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/Failed to load resource|ERR_/.test(message.text())) faults.push(message.text());
  });
  return { page, faults, close: () => context.close() };
}
