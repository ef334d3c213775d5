import { CSPProvider } from "@base-ui/react/csp-provider";
import { Outlet } from "@tanstack/react-router";
import { CartDrawer } from "../cart/cart-drawer.tsx";
import { SessionNotice } from "../session/session-notice.tsx";
import { useSignInResult } from "../session/sign-in-result.ts";
import { Toasts } from "../ui/toasts.tsx";
import { Footer } from "./footer.tsx";
import { Header } from "./header.tsx";
import { LateNotice } from "./late-notice.tsx";
import { useRouteFocus } from "./use-route-focus.ts";

/** The frame of every page. */
export function Shell() {
  useRouteFocus();
  useSignInResult();
  return (
    <CSPProvider disableStyleElements>
      <a
        href="#main"
        className="fixed top-2 left-2 z-50 rounded-full bg-ink px-5 py-3 font-semibold text-paper not-focus:sr-only"
      >
        Skip to the content
      </a>
      <div className="flex min-h-dvh flex-col">
        <Header />
        <main id="main" tabIndex={-1} className="grow">
          <LateNotice />
          <SessionNotice />
          <Outlet />
        </main>
        <Footer />
      </div>
      <CartDrawer />
      <Toasts />
    </CSPProvider>
  );
}
