import type { Metadata } from "next";
import Link from "next/link";
import { type ReactNode, Suspense } from "react";
import { Account } from "./account.tsx";
import "./style.css";

export const metadata: Metadata = { title: { default: "Window", template: "%s · Window" } };

export default function Layout({ children }: { readonly children: ReactNode }) {
  return (
    <html lang="en">
      <body>
        <header>
          <Link className="brand" href="/">
            Window
          </Link>
          <nav>
            <Link href="/orders">Orders</Link>
            <Suspense fallback={<span className="quiet">…</span>}>
              <Account />
            </Suspense>
          </nav>
        </header>
        <main>{children}</main>
      </body>
    </html>
  );
}
