import type { Health } from "./health.ts";

/** Tells the parent that started this process with a channel, once every part is ready. Without a parent: nothing. */
export function announceReady(health: Health): void {
  const announce = () => process.send?.({ type: "ready" });
  if (health.ready()) {
    announce();
    return;
  }
  const end = health.onChange((ready) => {
    if (!ready) return;
    end();
    announce();
  });
}
