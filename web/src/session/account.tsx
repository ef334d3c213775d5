import { Menu } from "@base-ui/react/menu";
import { useLocation } from "@tanstack/react-router";
import { LogOut, UserRound } from "lucide-react";
import { type Session, signInUrl } from "./session.ts";
import { useSession } from "./session-query.ts";

const look =
  "flex min-h-11 items-center gap-2 rounded-full px-2 font-semibold underline-offset-4 hover:underline sm:px-3";

/** Who has signed in, with a menu; or the link to sign in. */
export function Account() {
  const session = useSession();
  if (session.signedIn) return <AccountMenu session={session} />;
  return session.canSignIn ? <SignInLink className={look} /> : null;
}

/** The link to sign in. Afterwards the same page is shown. */
export function SignInLink({ className }: { className: string }) {
  const { href } = useLocation();
  return (
    <a href={signInUrl(href)} className={className}>
      Sign in
    </a>
  );
}

function AccountMenu({ session: { name = "", roles = [] } }: { session: Session }) {
  return (
    <Menu.Root>
      <Menu.Trigger className={look} aria-label={`Account of ${name}`}>
        <UserRound aria-hidden="true" className="size-5" />
        <span className="max-w-[14ch] truncate max-sm:hidden">{name}</span>
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner sideOffset={8} align="end" className="z-40">
          <Menu.Popup className="min-w-56 rounded-3xl border-[1.5px] border-ink bg-paper p-2 outline-none">
            <div className="px-4 py-2">
              <p className="font-semibold">{name}</p>
              <p className="label text-soft">{roles.join(", ")}</p>
            </div>
            <SignOut />
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

/** A form, because a link of another page must not end a session. */
function SignOut() {
  return (
    <form method="post" action="/auth/logout">
      <Menu.Item
        render={<button type="submit" />}
        nativeButton
        className="flex min-h-11 w-full items-center gap-3 rounded-2xl px-4 font-semibold data-highlighted:bg-lilac data-highlighted:text-on-lilac"
      >
        <LogOut aria-hidden="true" className="size-5" />
        Sign out
      </Menu.Item>
    </form>
  );
}
