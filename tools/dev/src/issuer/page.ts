import type { DevUser } from "./users.ts";

/** Returns the sign-in page: one button per person. @param action where the form is sent */
export function signInPage(action: string, users: readonly DevUser[]): string {
  const buttons = users.map(
    ({ id, name, roles, may }) => `<button name="user" value="${id}">
        <span class="initial" aria-hidden="true">${name[0]}</span>
        <span><strong>${name}</strong><em>${roles.join(", ")}</em><small>${may}</small></span>
      </button>`,
  );
  return pageOf(
    "Sign in",
    `<h1>Sign in</h1>
    <p>This is the issuer of your development mesh. Choose who you are; no password is needed.</p>
    <form method="post" action="${action}">${buttons.join("\n")}</form>
    <p class="note">In production, <code>OIDC_ISSUER</code> names the issuer of your users: docs/sign-in.md.</p>`,
  );
}

/** Returns the page that ends the session. It needs no click, unless scripts are off. @param form the form of oidc-provider */
export function signOutPage(form: string): string {
  return pageOf(
    "Signing out",
    `<h1>Signing out</h1>
    ${form}
    <button class="plain" form="op.logoutForm" name="logout" value="yes" autofocus>Sign out</button>
    <script>document.querySelector("button").click()</script>`,
  );
}

/** Returns the page for an error, such as an address of a client that is not registered. */
export function errorPage(error: string, description: string): string {
  return pageOf("Error", `<h1>${escaped(error)}</h1><p>${escaped(description)}</p>`);
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

function pageOf(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <link rel="icon" href="data:," />
    <title>${escaped(title)} · development</title>
    <style>${style}</style>
  </head>
  <body><main>${body}</main></body>
</html>
`;
}

const style = `
  :root { --paper: #f4f6ef; --sheet: #fff; --ink: #12322b; --soft: #4b635c; --lilac: #cdbdff; --on-lilac: #12322b; }
  @media (prefers-color-scheme: dark) {
    :root { --paper: #0d1d19; --sheet: #152a24; --ink: #eaf1e4; --soft: #a3b8ae; --lilac: #b7a2ff; --on-lilac: #12102b; }
  }
  * { box-sizing: border-box; }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.25rem;
    background: var(--paper); color: var(--ink); font: 16px/1.45 ui-sans-serif, system-ui, sans-serif; }
  main { width: 100%; max-width: 27rem; }
  h1 { margin: 0; font-size: 3rem; line-height: 1; letter-spacing: -0.04em; }
  p { margin: 1rem 0 1.5rem; color: var(--soft); }
  form { display: grid; gap: 0.75rem; }
  button { display: flex; align-items: center; gap: 1rem; width: 100%; padding: 0.875rem 1.125rem; text-align: left;
    font: inherit; color: inherit; background: var(--sheet); border: 1.5px solid var(--ink); border-radius: 1.25rem; cursor: pointer; }
  button:hover { background: var(--lilac); color: var(--on-lilac); }
  button:hover :is(small, em) { color: inherit; }
  button:focus-visible { outline: 3px solid #7c5cff; outline-offset: 2px; }
  .plain { justify-content: center; font-weight: 600; }
  .initial { flex: none; display: grid; place-items: center; width: 2.75rem; height: 2.75rem; border-radius: 50%;
    background: var(--ink); color: var(--paper); font-weight: 700; font-size: 1.125rem; }
  strong { margin-right: 0.5rem; }
  em { font-style: normal; font-size: 0.8125rem; color: var(--soft); }
  small { display: block; font-size: 0.875rem; color: var(--soft); }
  .note { margin: 1.5rem 0 0; font-size: 0.8125rem; }
  code { font-size: 0.95em; }
`;
