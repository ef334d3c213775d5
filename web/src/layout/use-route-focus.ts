import { useRouter } from "@tanstack/react-router";
import { useEffect } from "react";

/**
 * Moves the focus to the heading of a page that was gone to, as a browser's own navigation would: a screen reader reads
 * it, and Tab goes on from there. A changed search keeps the focus in the search field.
 */
export function useRouteFocus(): void {
  const router = useRouter();
  useEffect(
    () =>
      router.subscribe("onRendered", ({ fromLocation, toLocation }) => {
        if (!fromLocation) return;
        const isOther = fromLocation.pathname !== toLocation.pathname;
        if (isOther || tokenOf(fromLocation) !== tokenOf(toLocation)) focusHeading();
      }),
    [router],
  );
}

/** The page of a list; the locations of the router's events are of no particular route. */
function tokenOf({ search }: { search: Record<string, unknown> }): unknown {
  return search.token;
}

function focusHeading(): void {
  const main = document.querySelector<HTMLElement>("main");
  const heading = main?.querySelector<HTMLElement>("h1");
  heading?.setAttribute("tabindex", "-1");
  (heading ?? main)?.focus({ preventScroll: true });
}
