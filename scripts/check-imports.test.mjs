import { expect, test } from "vitest";
import { breachesOf } from "./check-imports.mjs";

test.each([
  ["services/orders/src/service.ts", 'import { a } from "@mesh/service";'],
  ["services/orders/src/service.ts", 'import { a } from "./store.ts";'],
  ["services/orders/src/orders.test.ts", 'import { connect } from "@mesh/rpc";'],
  ["shared/rpc/src/client.ts", 'import { Client } from "@grpc/grpc-js";'],
  ["web/src/mesh/client.ts", 'import type { AppRouter } from "@mesh/gateway";'],
  ["shared/runtime/src/env.ts", "const env = process.env;"],
])("%s may say %s", (file, text) => {
  expect(breachesOf(file, text)).toEqual([]);
});

test.each([
  ["services/orders/src/service.ts", 'import { a } from "catalog";', "may import"],
  ["services/orders/src/service.ts", 'import { a } from "../../catalog/src/service.ts";', "another package"],
  ["services/orders/src/service.ts", 'import { a } from "@mesh/rpc";', "may import"],
  ["services/orders/src/service.ts", 'import { a } from "@grpc/grpc-js";', "only shared/rpc"],
  ["services/orders/src/service.ts", 'const { a } = await import("nats");', "only shared/events"],
  ["services/orders/src/service.ts", 'import { env } from "node:process";', "readSettings"],
  ["services/orders/src/service.ts", "const port = process.env.PORT;", "readSettings"],
  ["shared/runtime/src/scope.ts", 'import { a } from "@mesh/rpc";', "may import"],
  ["shared/contracts/src/index.ts", 'export { a } from "@mesh/runtime";', "nothing of ours"],
  ["web/src/mesh/client.ts", 'import { services } from "@mesh/gateway";', "may import"],
  ["web/src/mesh/client.ts", 'import { a } from "../../../gateway/src/gateway.ts";', "another package"],
])("%s may not say %s", (file, text, reason) => {
  expect(breachesOf(file, `// first\n${text}`)).toEqual([expect.stringMatching(new RegExp(`^${file}:2: .*${reason}`))]);
});
