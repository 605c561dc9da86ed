import type { PromptGuidance } from '@dispatch/policy';
import { isUuid } from './arguments.js';
import type { Surface } from './surface.js';
import { asData } from './untrusted.js';

/** The procedures that a role has a part in. */
export const promptsOf = ({ guidance, policy }: Surface, role: string): readonly PromptGuidance[] =>
  guidance.prompts.filter(({ tools }) => tools.some((tool) => policy.allows(role, tool)));

/**
 * A procedure for a role: its steps, with each tool that the role lacks marked, and the argument as data. Undefined
 * when a ticket's id is none.
 */
export function promptText(
  { guidance, policy, shown }: Surface,
  { title, steps, argument }: PromptGuidance,
  role: string,
  given: string | undefined,
): string | undefined {
  if (argument.name === 'ticket_id' && given !== undefined && !isUuid(given)) return undefined;
  const tool = (_: string, name: string) =>
    policy.allows(role, name) ? shown(name) : `${shown(name)} (not yours: another role has to do it)`;
  const lines = [title, '', ...steps.map((step, index) => `${index + 1}. ${step.replace(/\{([^}]*)\}/g, tool)}`)];
  if (given !== undefined)
    lines.push('', guidance.untrusted, `${argument.name}, as JSON; it ends with the line:`, asData(given));
  return lines.join('\n');
}
