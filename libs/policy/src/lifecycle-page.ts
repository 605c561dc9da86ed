import type { ToolRow } from './rows.js';
import type { Policy } from './policy.js';

/** `docs/lifecycle.md`, printed from the policy: what people read is what the service enforces. */
export function lifecyclePage(policy: Policy): string {
  return [
    '# The life of a ticket',
    'Printed from [`policy/`](../policy): change the data there, then print again with `UPDATE_DOCS=1 npm test -- lifecycle-page`.',
    '## States',
    diagram(policy),
    table(
      ['state', 'delay is laid to', 'SLA clock'],
      policy.lifecycle.states.map((state) => [
        `\`${state}\``,
        policy.lifecycle.delayAttribution[state],
        policy.lifecycle.slaClock[state],
      ]),
    ),
    '## Commands',
    table(
      ['tool', 'endpoint', 'roles', 'from', 'to'],
      policy.tools.filter(({ mutating }) => mutating).map((row) => [...naming(row), origins(row), targets(row)]),
    ),
    '## Reads',
    table(['tool', 'endpoint', 'roles'], policy.tools.filter(({ mutating }) => !mutating).map(naming)),
    '## Directory',
    table(['tool', 'endpoint', 'roles'], policy.directory.map(naming)),
    '## Audit',
    table(['tool', 'endpoint', 'roles'], policy.audit.map(naming)),
    '## SLA',
    `Minutes from the scheduled start, or from creation while nothing is scheduled. At ${policy.sla.warningMinutes} minutes left or fewer a ticket is in warning.`,
    table(
      ['priority', 'target in minutes'],
      Object.entries(policy.sla.targetMinutes).map(([priority, minutes]) => [priority, String(minutes)]),
    ),
    '## Closeout',
    'What a job must show before it can be completed, and again when it is verified.',
    ...policy.templates.map(({ incidentType, version, evidenceKeys, checklistKeys }) =>
      [
        `### ${incidentType} (${version})`,
        '',
        bullets('evidence', evidenceKeys),
        bullets('checklist', checklistKeys),
      ].join('\n'),
    ),
  ]
    .join('\n\n')
    .concat('\n');
}

function diagram({ lifecycle, tools }: Policy): string {
  const labels = new Map<string, string[]>();
  for (const row of tools)
    for (const [from, to] of edges(row)) {
      const edge = `${from} --> ${to}`;
      labels.set(edge, [...(labels.get(edge) ?? []), row.tool]);
    }
  return [
    '```mermaid',
    'stateDiagram-v2',
    ...[...labels].map(([edge, names]) => `  ${edge} : ${[...new Set(names)].join(', ')}`),
    ...lifecycle.terminal.map((state) => `  ${state} --> [*]`),
    '```',
  ].join('\n');
}

/** The arrows of a tool. A tool that leaves the state as it is has none. */
function edges({ mutating, from, to, through }: ToolRow): readonly (readonly [string, string])[] {
  if (!mutating) return [];
  const starts = from.length > 0 ? from : ['[*]'];
  return starts.flatMap((start) =>
    to.flatMap((end) => {
      const stops = [start, ...through, end];
      return stops.slice(1).map((stop, index) => [stops[index] ?? start, stop] as const);
    }),
  );
}

const naming = ({
  tool,
  method,
  path,
  roles,
}: Pick<ToolRow, 'tool' | 'method' | 'path' | 'roles'>): readonly string[] => [
  `\`${tool}\``,
  `\`${method} ${path}\``,
  roles.join(', '),
];

const origins = ({ from }: ToolRow): string => (from.length > 0 ? from.join(', ') : '–');

function targets({ to, through }: ToolRow): string {
  const passed = through.length > 0 ? ` (through ${through.join(', ')})` : '';
  return to.length > 0 ? `${to.join(', ')}${passed}` : 'unchanged';
}

const bullets = (what: string, keys: readonly string[]): string =>
  `- ${what}: ${keys.map((key) => `\`${key}\``).join(', ')}`;

/** Columns as wide as their widest cell, as the formatter has them. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [head, widths.map((width) => '-'.repeat(width)), ...rows].map(line).join('\n');
}
