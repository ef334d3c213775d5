import { button } from "../ui/button.ts";
import { MessagePage } from "./message-page.tsx";

/** Shown if the code of a page throws. */
export function CrashPage({ reset }: { reset: () => void }) {
  return (
    <>
      <title>Something went wrong · Heddle</title>
      <MessagePage
        title="Something went wrong"
        picture="Robot"
        action={
          <button type="button" onClick={reset} className={button("solid", "large")}>
            Try again
          </button>
        }
      >
        This page has an error. Your cart and your orders are safe.
      </MessagePage>
    </>
  );
}
