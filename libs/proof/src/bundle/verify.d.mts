/** The verifier that lies in every bundle: see verify.mjs, which is plain JavaScript so that nothing builds it. */

/** Members of a bundle by file name. */
export type Members = ReadonlyMap<string, Buffer>;

export interface BundledEvent {
  readonly at: string;
  readonly data: object;
  readonly hash: string;
  readonly id: string;
  readonly metadata: object;
  readonly position: string;
  readonly prevHash: string;
  readonly revision: number;
  readonly schemaVersion: number;
  readonly stream: string;
  readonly type: string;
}

export interface Bundle {
  /** `line`: as C2SP signed-note writes a public key. */
  readonly key: { readonly line: string };
  readonly checkpoint: { readonly origin: string; readonly size: number; readonly root: Buffer };
  /** Streams. */
  readonly tickets: readonly string[];
  /** Those of the stream `policy`, then of each ticket. */
  readonly events: readonly BundledEvent[];
}

export const FORMAT: string;
export const README: string;
/** @throws Error that says what is wrong and where. */
export function verifyBundle(members: Members, trusted?: string): Bundle;
export function manifestOf(members: Members, tickets: readonly string[]): string;
export function renderReport(bundle: Bundle): string;
export function canonicalJson(value: unknown): string;
