import { Link } from "@tanstack/react-router";
import { button } from "../ui/button.ts";
import { MessagePage } from "./message-page.tsx";

/** Answers an address that nothing stands at. `what`: the kind of thing that was looked for. */
export function NotFoundPage({ what = "page" }: { what?: string }) {
  return (
    <>
      <title>{`No such ${what} · Heddle`}</title>
      <MessagePage
        title={`No such ${what}`}
        picture="Mirror"
        action={
          <Link to="/" className={button("solid", "large")}>
            To the catalogue
          </Link>
        }
      >
        The address may be mistyped, or what stood here is gone.
      </MessagePage>
    </>
  );
}
