import { afterEach, expect, it, vi } from "vitest";
import { browserStorage } from "./browser-storage.ts";

afterEach(() => vi.unstubAllGlobals());

it("is the browser's own where that works", () => {
  const localStorage = { getItem: () => "kept", setItem: () => {}, removeItem: () => {} };
  vi.stubGlobal("window", { localStorage });
  expect(browserStorage()).toBe(localStorage);
});

it("lasts as long as the page where the browser forbids it", () => {
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
