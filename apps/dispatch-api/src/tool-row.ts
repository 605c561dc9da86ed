import type { Policy, ToolRow } from '@dispatch/policy';

/** The policy's row of a tool that the code itself names. */
export function toolRow(policy: Policy, tool: string): ToolRow {
  const found = policy.tool(tool);
  if (!found) throw new Error(`the policy has no tool ${tool}`);
  return found;
}
