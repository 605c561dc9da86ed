import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { openChromium, PHONE, type Seat, seat } from './chromium.js';
import { picture } from './picture.js';
import { setStage, type Stage } from './stage.js';

let stage: Stage;
let browser: Browser;
const seats: Seat[] = [];
beforeAll(async () => {
  [stage, browser] = await Promise.all([setStage(), openChromium()]);
});
afterAll(async () => {
  await browser?.close();
  await stage?.close();
});

/** Of the pages' own content policy and of what the browser thinks: nothing may have gone wrong in any seat. */
const faults = () => seats.flatMap((one) => one.faults);

async function sit(role: string, options?: Parameters<typeof seat>[3]): Promise<Page> {
  const one = await seat(browser, stage.url, { role }, options);
  seats.push(one);
  return one.page;
}

/** Opens a form of the ticket's panel, fills it in, and sends it. */
async function give(page: Page, title: string, fill: (dialog: ReturnType<Page['locator']>) => Promise<void>) {
  await page.getByRole('button', { name: title, exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  await fill(dialog);
  await dialog.getByRole('button', { name: 'Send' }).click();
  await dialog.waitFor({ state: 'detached' });
}

type Dialog = ReturnType<Page['locator']>;

async function choose(page: Page, dialog: Dialog, label: string, option: string): Promise<void> {
  await dialog
    .getByRole('button', { name: new RegExp(label) })
    .first()
    .click();
  await page.getByRole('listbox').getByRole('option', { name: option, exact: true }).click();
}

async function find(page: Page, dialog: Dialog, label: string, typed: string): Promise<void> {
  await dialog.getByRole('combobox', { name: new RegExp(label) }).fill(typed);
  await page.getByRole('listbox').getByRole('option').first().click();
}

test('an emergency from the first call to the closed ticket, by five people in the pages', async () => {
  const dispatcher = await sit('dispatcher');
  const watching = await sit('dispatcher');
  for (const page of [dispatcher, watching]) {
    await page.goto('/cockpit');
    await page.getByText('Live', { exact: true }).waitFor();
  }

  await give(dispatcher, 'New ticket', async (dialog) => {
    await find(dispatcher, dialog, 'Site', 'Harbor');
    await dialog.getByLabel('Summary').fill('Front door cannot be secured <script>alert(1)</script>');
    await dialog.getByLabel('Description').fill('Forced entry last night; the frame is bent.');
    await dialog.getByLabel('Not to exceed').fill('500');
  });
  const summary = 'Front door cannot be secured <script>alert(1)</script>';
  // In another browser, without a touch: within a second.
  const since = Date.now();
  await watching.getByRole('row').filter({ hasText: summary }).waitFor();
  expect(Date.now() - since).toBeLessThan(1_000);
  const [created] = (await stage.ask('dispatcher', 'GET', '/tickets')).tickets;
  const id = String(created.id);

  await dispatcher.goto(`/cockpit?ticket=${id}`);
  await give(dispatcher, 'Triage', async (dialog) => {
    await choose(dispatcher, dialog, 'Priority', 'Emergency');
    await choose(dispatcher, dialog, 'Incident type', 'Cannot secure entry');
    await choose(dispatcher, dialog, 'Next', 'Triaged');
  });
  await give(dispatcher, 'Emergency bypass', async (dialog) => {
    expect(await dialog.textContent()).toContain('It is audited');
    await find(dispatcher, dialog, 'Technician', 'Alex');
    await dialog.getByLabel('Reason').fill('The shop cannot be locked tonight.');
  });

  const tech = await sit('tech', { viewport: PHONE, hasTouch: true, isMobile: true });
  await tech.goto(`/packet/${id}`);
  await tech.getByRole('button', { name: 'Check in' }).click();
  await tech.getByRole('button', { name: 'Request a change' }).first().click();
  await tech.getByLabel('By how much more, in dollars').fill('250');
  await tech.getByLabel('Why', { exact: true }).fill('The frame needs a steel plate.');
  await tech.getByRole('button', { name: 'Ask for approval' }).click();
  await tech.getByText('Waiting for approval').waitFor();

  const approver = await sit('approver');
  await approver.goto(`/cockpit?ticket=${id}`);
  await give(approver, 'Decide approval', async (dialog) => {
    await choose(approver, dialog, 'Decision', 'Approved');
  });

  await tech.reload();
  const photo = picture(1_600, 1_200);
  for (const key of ['photo_before_security_risk', 'photo_after_temporary_or_permanent_securement']) {
    const [chooser] = await Promise.all([
      tech.waitForEvent('filechooser'),
      tech.locator(`#evidence-${key}`).getByRole('button', { name: 'Take photo' }).click(),
    ]);
    await chooser.setFiles({ name: '"><img src=x onerror=alert(1)>.png', mimeType: 'image/png', buffer: photo });
    await tech.locator(`#evidence-${key}[data-met=yes]`).waitFor();
  }
  const note = tech.locator('#evidence-note_risk_mitigation_and_customer_handoff');
  // Out of reach: what is done now waits on the phone.
  await tech.context().setOffline(true);
  await note.getByRole('button', { name: 'Write note' }).click();
  await tech.getByRole('dialog').getByRole('textbox').first().fill('Plate fitted; keys handed to Pat Doe.');
  await tech
    .getByRole('dialog')
    .getByRole('button', { name: /save|keep|attach/i })
    .click();
  await tech.locator('#evidence-note_risk_mitigation_and_customer_handoff[data-met=waiting]').waitFor();
  for (const check of await tech.locator('#checklist label').all()) {
    await check.click();
    await check.locator('input:checked').waitFor({ state: 'attached' });
  }
  await tech.getByRole('button', { name: 'Nobody signs' }).first().click();
  await tech.getByRole('dialog').getByRole('textbox').first().fill('The manager left before the work was done.');
  await tech
    .getByRole('dialog')
    .getByRole('button', { name: /save|keep|no signature/i })
    .click();
  await tech.context().setOffline(false);
  await note.and(tech.locator('[data-met=yes]')).waitFor();
  await tech.getByRole('button', { name: 'Complete work' }).first().click();
  await tech.getByRole('dialog').getByRole('button', { name: 'Complete work' }).click();
  await tech.getByText('Somebody else checks it now').waitFor();

  const qa = await sit('qa');
  await qa.goto(`/cockpit?ticket=${id}`);
  await give(qa, 'Verify', (dialog) => choose(qa, dialog, 'Result', 'Pass'));
  const finance = await sit('finance');
  await finance.goto(`/cockpit?ticket=${id}`);
  await give(finance, 'Generate invoice', async (dialog) => {
    await dialog.getByLabel('Line 1 description').fill('Emergency securement');
    await dialog.getByLabel('Line 1 quantity').fill('1');
    await dialog.getByLabel('Line 1 unit price').fill('640');
  });
  await give(finance, 'Close ticket', async () => undefined);

  const { events } = await stage.ask('auditor', 'GET', `/tickets/${id}/timeline`);
  const told = (events as { tool_name: string; actor_role: string }[]).map(
    ({ tool_name, actor_role }) => `${actor_role} ${tool_name}`,
  );
  expect(told).toEqual([
    'dispatcher ticket.create',
    'dispatcher ticket.triage',
    'dispatcher assignment.dispatch',
    'tech tech.check_in',
    'tech tech.request_change',
    'approver approval.decide',
    'tech closeout.add_evidence',
    'tech closeout.add_evidence',
    'tech closeout.add_evidence',
    ...told.filter((one) => one === 'tech closeout.record_checklist'),
    'tech tech.complete',
    'qa qa.verify',
    'finance billing.generate_invoice',
    'finance ticket.close',
  ]);
  expect(faults()).toEqual([]);
}, 90_000);
