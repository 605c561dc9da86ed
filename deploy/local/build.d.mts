export function contentHash(folder: string, names: readonly string[]): string;
