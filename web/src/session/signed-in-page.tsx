import { Link } from "@tanstack/react-router";
import { useEffect } from "react";
import { MessagePage } from "../layout/message-page.tsx";
import { button } from "../ui/button.ts";
import { announceSession } from "./watch-session.ts";

/** The end of a sign-in in a window of its own, which closes itself. */
export function SignedInPage() {
  useEffect(() => {
    announceSession();
    window.close();
  }, []);
  return (
    <>
      <title>Signed in · Heddle</title>
      <MessagePage
        title="You are signed in"
        picture="Door Mat"
        action={
          <Link to="/" className={button("solid", "large")}>
            Browse the shop
          </Link>
        }
      >
        You can close this window and go on in the other one.
      </MessagePage>
    </>
  );
}
