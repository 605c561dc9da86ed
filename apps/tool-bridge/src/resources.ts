import { at } from './api-page.js';
import type { Surface } from './surface.js';

/** What a host may read beside the tools: the policy's own data, the same for every role. */
export interface PolicyResource {
  readonly uri: string;
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly mimeType: 'application/json';
  readonly text: string;
}

export function resourcesOf({ policy, shown }: Surface): readonly PolicyResource[] {
  const { lifecycle, tools, version, set } = policy;
  const resource = (name: string, title: string, description: string, content: object): PolicyResource => ({
    uri: `dispatch://policy/${name}`,
    name,
    title,
    description,
    mimeType: 'application/json',
    text: JSON.stringify({ policy_version: version, ...content }, null, 2),
  });
  return [
    resource(
      'lifecycle',
      'Lifecycle of a ticket',
      'Its states, and which tool leads from which to which, for which roles.',
      {
        initial: lifecycle.initial,
        terminal: lifecycle.terminal,
        states: at(set, 'lifecycle', 'states'),
        tools: tools
          .filter(({ mutating }) => mutating)
          .map(({ tool, roles, from, to, through }) => ({ tool: shown(tool), roles, from, to, through })),
      },
    ),
    resource(
      'incident-templates',
      'Incident templates',
      'The incident types, and the evidence and checklist that each needs to be completed. Evidence marked common is needed for all.',
      { closeout: at(set, 'closeout') },
    ),
    resource('sla', 'SLA policy', 'How soon a ticket of each priority is due, in minutes, and when it is in warning.', {
      sla: at(set, 'sla'),
    }),
  ];
}
