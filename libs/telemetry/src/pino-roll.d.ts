declare module 'pino-roll' {
  import type { destination } from 'pino';

  /** Opens a file that only grows, and begins the next one when it is full; numbers stand before the ending. */
  export default function roll(options: {
    readonly file: string;
    /** Such as `100m`. */
    readonly size: string;
    readonly limit: { readonly count: number; readonly removeOtherLogFiles: boolean };
  }): Promise<ReturnType<typeof destination>>;
}
