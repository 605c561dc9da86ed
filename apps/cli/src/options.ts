import { userInfo } from 'node:os';
import { parseUuid, type Uuid } from '@dispatch/ticket';
import { InvalidArgumentError } from 'commander';

/** What several groups of commands read alike. */
export const several = (line: string, lines: readonly string[]): readonly string[] => [...lines, line];

export interface By {
  readonly by: string;
}

/** Who runs this, as the operating system knows them. */
export function operator(): string {
  try {
    return userInfo().username;
  } catch {
    // In a container a user may have a number and no name.
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}

export function ticketId(text: string): Uuid {
  const id = parseUuid(text);
  if (!id) throw new InvalidArgumentError('It must be a UUID.');
  return id;
}

export const ticketIds = (text: string, before: readonly Uuid[] = []): readonly Uuid[] => [...before, ticketId(text)];
