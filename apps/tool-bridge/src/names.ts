/** How tools are called towards a host: as in the policy, or without the dot that some hosts refuse. */
export const NAMINGS = ['dotted', 'underscored'] as const;
export type Naming = (typeof NAMINGS)[number];

/**
 * The name of a tool towards a host. `underscored` puts an underscore for the dot: `ticket_create`. No two tools
 * can come out the same, since what stands before a tool's dot holds letters only.
 */
export const shownName = (tool: string, naming: Naming): string =>
  naming === 'dotted' ? tool : tool.replace('.', '_');

/** A text of the guidance, in which a tool stands in braces, as this host is to read it. */
export const worded = (text: string, shown: (tool: string) => string): string =>
  text.replace(/\{([^}]*)\}/g, (_, tool: string) => shown(tool));
