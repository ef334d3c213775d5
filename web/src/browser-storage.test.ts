import { afterEach, expect, it, vi } from "vitest";
import { browserStorage } from "./browser-storage.ts";

afterEach(() => vi.unstubAllGlobals());

it("uses the browser's storage if it works", () => {
  const localStorage = { getItem: () => "kept", setItem: () => {}, removeItem: () => {} };
  vi.stubGlobal("window", { localStorage });
  expect(browserStorage()).toBe(localStorage);
});

it("lasts as long as the page if the browser forbids it", () => {
  const forbid = () => {
    throw new DOMException("no", "SecurityError");
  };
  vi.stubGlobal("window", { localStorage: { getItem: forbid, setItem: forbid, removeItem: forbid } });
  const storage = browserStorage();
  storage.setItem("a", "1");
  expect(storage.getItem("a")).toBe("1");
  storage.removeItem("a");
  expect(storage.getItem("a")).toBeNull();
});
