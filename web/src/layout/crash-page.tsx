import { button } from "../ui/button.ts";
import { MessagePage } from "./message-page.tsx";

/** Stands in for a page whose code threw. */
export function CrashPage({ reset }: { reset: () => void }) {
  return (
    <>
      <title>Something broke · Heddle</title>
      <MessagePage
        title="Something broke"
        picture="Robot"
        action={
          <button type="button" onClick={reset} className={button("solid", "large")}>
            Try again
          </button>
        }
      >
        That is this page's own fault. Your cart and your orders are safe.
      </MessagePage>
    </>
  );
}
