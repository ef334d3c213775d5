import { useLocation } from "@tanstack/react-router";
import { button } from "../ui/button.ts";
import { Notice } from "../ui/notice.tsx";
import { signInUrl } from "./session.ts";
import { dismissEnd, useSession } from "./session-query.ts";

/** Shown when the session is over. Signing in again opens a window, so that this page keeps all that it shows. */
export function SessionNotice() {
  const { href } = useLocation();
  if (!useSession().ended) return null;
  const actions = (
    <div className="flex flex-wrap justify-end gap-2">
      <button type="button" onClick={() => renew(href)} className={button("solid", "small")}>
        Sign in again
      </button>
      <button type="button" onClick={dismissEnd} className={button("quiet", "small")}>
        Not now
      </button>
    </div>
  );
  return (
    <div className="gutter mx-auto max-w-6xl pt-6">
      <Notice tone="alarm" action={actions}>
        Your session has ended.
      </Notice>
    </div>
  );
}

/** Signs in again in a window of its own; if the browser blocks it, in this one. */
function renew(href: string): void {
  const opened = window.open(signInUrl("/signed-in"), "mesh-sign-in", "popup,width=480,height=680");
  if (!opened) window.location.assign(signInUrl(href));
}
