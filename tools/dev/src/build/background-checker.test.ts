import { afterEach, expect, test, vi } from "vitest";
import { BackgroundChecker } from "./background-checker.ts";

afterEach(() => void vi.useRealTimers());

test("the folder that was saved last is checked next", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const checked: string[] = [];
  const waiting: (() => void)[] = [];
  const errorsOf = (_root: string, folder: string) => {
    checked.push(folder);
    return new Promise<readonly string[]>((resolve) => void waiting.push(() => resolve([])));
  };
  const checker = new BackgroundChecker({ root: "/", errorsOf, onErrors: () => {} });
  checker.check(["/a", "/b", "/c"]);
  vi.runAllTimers();
  checker.check(["/c"]);
  vi.runAllTimers();
  for (const count of [1, 2, 3]) {
    await vi.waitFor(() => expect(checked).toHaveLength(count));
    waiting.pop()?.();
  }
  expect(checked).toEqual(["/a", "/c", "/b"]);
});
