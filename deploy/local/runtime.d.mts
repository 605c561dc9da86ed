export function isOlder(version: string, than: string): boolean;
export function verify(bytes: Uint8Array, integrity: string, name: string): void;
