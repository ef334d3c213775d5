"use client";

/** Shown if a page can't be rendered: the client has repeated its calls for some seconds already. */
export default function Failure({ retry }: { readonly retry: () => void }) {
  return (
    <>
      <h1>The shop does not respond</h1>
      <button type="button" onClick={retry}>
        Try again
      </button>
    </>
  );
}
