export function withLock(path: string, work: () => Promise<void>, onWait?: (holder: number) => void): Promise<void>;
export function startOf(pid: number | undefined): string | undefined;
