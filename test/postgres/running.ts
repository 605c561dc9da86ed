/** How the teardown undoes what the setup did; both run in Jest's own process. */
export const running: { undo: () => Promise<void> } = { undo: () => Promise.resolve() };
