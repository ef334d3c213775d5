/** How subscriptions wait while the session is over. The sign-in sets it. */
export const renewal: {
  /** Resolves when calls can go on: after the next sign-in, or when the customer goes on without one. */
  wait(): Promise<void>;
} = { wait: () => new Promise(() => {}) };
