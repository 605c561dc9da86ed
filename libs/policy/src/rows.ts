import { rules, type State } from '@dispatch/ticket';
import type { DirectoryContent, PolicyFiles, ToolContent } from './content.js';
import { PolicyFault, pointer } from './fault.js';
import { distinct, statesAt } from './names.js';
import type { Roles } from './roles.js';

/** A tool of the ticket surface (CONTRACT section 2). */
export interface ToolRow {
  readonly tool: string;
  readonly method: 'GET' | 'POST' | 'PUT';
  /** With `{id}` and the like for parameters. */
  readonly path: string;
  /** A short sentence for people. */
  readonly title: string;
  readonly roles: readonly string[];
  readonly mutating: boolean;
  /** Empty for a read and for the tool that begins a ticket. */
  readonly from: readonly State[];
  /** The ordinary target first; empty when the state stays. */
  readonly to: readonly State[];
  /** Passed on the way, in order. */
  readonly through: readonly State[];
}

/** A tool of the directory or of the audit: without states. */
export type DirectoryRow = DirectoryContent;

/** The tool that begins a ticket: the only command without a ticket to act on. */
export const CREATE = 'ticket.create';

export function rowsFrom(
  { tools, directory, audit }: Pick<PolicyFiles, 'tools' | 'directory' | 'audit'>,
  initial: State,
  roles: Roles,
  complete: boolean,
): {
  readonly tools: readonly ToolRow[];
  readonly directory: readonly DirectoryRow[];
  readonly audit: readonly DirectoryRow[];
} {
  const toolRows = tools.tools.map((content, index) => toolRow(content, index, initial, roles));
  const directoryRows = withRoles(directory.tools, 'directory.json', roles);
  const auditRows = withRoles(audit?.tools ?? [], 'audit.json', roles);
  checkNames([
    ...toolRows.map((row, index) => ({ ...row, file: 'tools.json', place: pointer('tools', index) })),
    ...directoryRows.map((row, index) => ({ ...row, file: 'directory.json', place: pointer('tools', index) })),
    ...auditRows.map((row, index) => ({ ...row, file: 'audit.json', place: pointer('tools', index) })),
  ]);
  checkRules(toolRows, complete);
  return { tools: toolRows, directory: directoryRows, audit: auditRows };
}

function withRoles(rows: readonly DirectoryContent[], file: string, roles: Roles): readonly DirectoryRow[] {
  for (const [index, row] of rows.entries()) roles.check(row.roles, file, 'tools', index, 'roles');
  return rows;
}

function toolRow(
  { from = [], to = [], ...content }: ToolContent,
  index: number,
  initial: State,
  roles: Roles,
): ToolRow {
  const at = ['tools.json', 'tools', index] as const;
  const fault = (what: string, ...path: string[]) =>
    new PolicyFault('tools.json', pointer('tools', index, ...path), what);
  if (content.mutating && (from === 'none') !== (content.tool === CREATE))
    throw fault(`${CREATE} begins a ticket, and no other tool does`, 'from');
  const row = {
    ...content,
    roles: roles.check(content.roles, ...at, 'roles'),
    from: from === 'none' ? [] : statesAt(from, ...at, 'from'),
    to: to === 'unchanged' ? [] : statesAt(to, ...at, 'to'),
    through: statesAt(content.through ?? [], ...at, 'through'),
  };
  if (row.tool === CREATE && row.to.join() !== initial) throw fault(`a ticket begins in ${initial}`, 'to');
  return row;
}

type Named = Pick<ToolRow, 'tool' | 'method' | 'path'> & { readonly file: string; readonly place: string };

/** No tool and no endpoint twice. A parameter's name does not tell two paths apart. */
function checkNames(rows: readonly Named[]): void {
  const place = ({ file, place }: Named) => ({ file, place });
  distinct(rows, ({ tool }) => tool, 'tool', place);
  distinct(rows, ({ method, path }) => `${method} ${path.replaceAll(/\{\w+\}/g, '{}')}`, 'endpoint', place);
}

/** Every row that changes a ticket has its rule and, in a complete set, every command that the domain knows its row. */
function checkRules(rows: readonly ToolRow[], complete: boolean): void {
  const commands = new Set([CREATE, ...Object.keys(rules)]);
  for (const [index, { tool, mutating }] of rows.entries()) {
    const fault = (what: string) => new PolicyFault('tools.json', pointer('tools', index), what);
    if (mutating && !commands.has(tool)) throw fault(`no rule decides '${tool}'`);
    if (!mutating && commands.has(tool)) throw fault(`'${tool}' is a command, not a read`);
    commands.delete(tool);
  }
  const [missing] = commands;
  if (missing && complete) throw new PolicyFault('tools.json', pointer('tools'), `no row for '${missing}'`);
}
