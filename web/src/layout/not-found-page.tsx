import { Link } from "@tanstack/react-router";
import { button } from "../ui/button.ts";
import { MessagePage } from "./message-page.tsx";

/** Shown for an address that does not exist. `what`: the kind of page. */
export function NotFoundPage({ what = "page" }: { what?: string }) {
  return (
    <>
      <title>{`No such ${what} · Heddle`}</title>
      <MessagePage
        title={`This ${what} was not found`}
        picture="Mirror"
        action={
          <Link to="/" className={button("solid", "large")}>
            Browse the shop
          </Link>
        }
      >
        The address may be mistyped, or the {what} no longer exists.
      </MessagePage>
    </>
  );
}
