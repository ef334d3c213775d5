import { useEffect } from "react";
import { toasts } from "../ui/toasts.tsx";

const sentences: Readonly<Record<string, string>> = {
  cancelled: "You have not signed in.",
  failed: "The sign-in did not work. Please try again.",
  unavailable: "The sign-in is unavailable. The shop works without it.",
};

/** Reads the result of a sign-in that failed from an address. Returns its sentence, and the address without it. */
export function readResult(address: string): { readonly sentence: string; readonly address: string } | undefined {
  const url = new URL(address);
  const sentence = sentences[url.searchParams.get("sign-in") ?? ""];
  if (sentence === undefined) return undefined;
  url.searchParams.delete("sign-in");
  return { sentence, address: url.href };
}

/** Reports a sign-in that failed, once. */
export function useSignInResult(): void {
  useEffect(() => {
    const result = readResult(window.location.href);
    if (!result) return;
    window.history.replaceState(window.history.state, "", result.address);
    toasts.add({ title: result.sentence });
  }, []);
}
