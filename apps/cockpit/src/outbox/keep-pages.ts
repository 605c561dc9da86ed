/** Lets the pages open without a connection, where the browser can and the address is a secure one. */
export function keepPages(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  navigator.serviceWorker.register('/sw.js').catch(() => {
    // Private windows refuse it. Then the pages need a connection to open, and nothing else is lost.
  });
  // Asks that what waits here is not cleared when the device runs short.
  void navigator.storage?.persist?.().catch(() => false);
}
