import { expect, test } from "vitest";
import { webAddress } from "./source-link.ts";

test.each([
  ["git@github.com:acme/shop.git", "https://github.com/acme/shop"],
  ["https://user:password@gitlab.com/acme/group/shop.git", "https://gitlab.com/acme/group/shop"],
  ["ssh://git@codeberg.org:22/acme/shop", "https://codeberg.org/acme/shop"],
  ["/srv/git/shop.git", undefined],
  ["", undefined],
  ['https://github.com/"onclick=x/shop', undefined],
])("finds the web page of the remote %s", (remote, url) => {
  expect(webAddress(remote)?.url).toBe(url);
});
