/** How subscriptions wait while the session is over. The sign-in sets it. */
export const renewal: {
  /** Resolves when calls can go on: somebody has signed in again, or the customer goes on without. */
  wait(): Promise<void>;
} = { wait: () => new Promise(() => {}) };
