import { expect, test } from "vitest";
import { layeredEnvironment } from "./layered-environment.ts";

test("a later variable replaces an earlier one, also the one that names a file", () => {
  const merged = layeredEnvironment(
    { PORT: "1", NATS_URL_FILE: "/nats", SECRET: "a", KEPT_FILE: "/kept" },
    { PORT: "2", NATS_URL: "nats://b", SECRET_FILE: "/secret" },
  );
  expect(merged).toEqual({ PORT: "2", NATS_URL: "nats://b", SECRET_FILE: "/secret", KEPT_FILE: "/kept" });
});

test("keeps the mistake of one layer, so that the process reports it", () => {
  const both = { SECRET: "a", SECRET_FILE: "/secret" };
  expect(layeredEnvironment({ SECRET: "default" }, both)).toEqual(both);
});
