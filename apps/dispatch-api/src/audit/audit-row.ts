import type { DirectoryRow, Policy } from '@dispatch/policy';

/** The policy's row of a tool of the audit. */
export function auditRow(policy: Policy, tool: string): DirectoryRow {
  const found = policy.auditTool(tool);
  if (!found) throw new Error(`the policy has no tool ${tool}`);
  return found;
}
