import { expect, test } from "vitest";
import { violationsIn } from "./check-imports.mjs";

test.each([
  ["services/orders/src/service.ts", 'import { a } from "@mesh/service";'],
  ["services/orders/src/service.ts", 'import { a } from "./store.ts";'],
  ["services/orders/src/orders.test.ts", 'import { connect } from "@mesh/rpc";'],
  ["shared/rpc/src/client.ts", 'import { Client } from "@grpc/grpc-js";'],
  ["web/src/mesh/client.ts", 'import type { AppRouter } from "@mesh/gateway";'],
  ["shared/runtime/src/env.ts", "const env = process.env;"],
  ["scripts/test.mjs", 'import { a } from "../tools/dev/src/build/prepare.mjs";'],
  ["tools/dev/src/mesh/mesh.ts", 'import { a } from "../process/keeper.ts";'],
  ["tools/dev/src/index.ts", 'import { a } from "./mesh/app.ts";'],
  ["tools/dev/bin/start.mjs", 'import { a } from "../src/log/progress.mjs";'],
  ["tools/dev/src/process/keeper.test.ts", 'import { a } from "../mesh/app.ts";'],
  ["gateway/src/trpc/handler.ts", 'import { readBody } from "../http/body.ts";'],
  ["gateway/src/gateway.ts", 'import { listen } from "./http/server.ts";'],
  ["gateway/src/procedures/shop.ts", 'import type { services } from "../router.ts";'],
  ["services/orders/src/service.ts", 'import { z } from "zod";'],
  ["services/orders/src/service.ts", 'import { readFileSync } from "fs";'],
  ["services/orders/src/orders.test.ts", 'import { test } from "vitest";'],
  ["web/vite.config.ts", 'import react from "@vitejs/plugin-react";'],
  ["tools/checks/src/docs/write-docs.test.ts", 'import "shop/v1/shop.proto";'],
])("%s may contain %s", (file, text) => {
  expect(violationsIn(file, text)).toEqual([]);
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
  ["tools/dev/bin/start.js", 'import { a } from "../../../scripts/test.mjs";', "nothing imports them"],
  ["tools/dev/src/build/a.test.ts", 'import { a } from "../../../../scripts/test.mjs";', "nothing imports them"],
  ["shared/store/bin/a.cjs", 'const a = require("../../../scripts/test.mjs");', "nothing imports them"],
  ["scripts/test.mjs", 'import { a } from "../gateway/src/gateway.ts";', "may import tools/dev"],
  ["services/orders/src/service.ts", 'import { pino } from "pino";', "services/orders/package.json does not list"],
  ["services/orders/src/a.test.ts", 'import type { Logger } from "pino";', "imports pino, which"],
  ["services/orders/src/service.ts", 'export { test } from "vitest";', "imports vitest, which"],
  ["web/src/main.tsx", 'const a = await import("esbuild/lib/main.js");', "imports esbuild, which web/package.json"],
  ["tools/dev/src/process/keeper.ts", 'import type { App } from "../mesh/app.ts";', "no other room"],
  ["tools/dev/src/servers/nats.ts", 'import { a } from "../build/bundler.ts";', "may import process, ports"],
  ["tools/dev/src/log/progress.mjs", 'const a = await import("../mesh/app.ts");', "no other room"],
  ["tools/dev/src/mesh/mesh.ts", 'import { a } from "../index.ts";', "may import process"],
  ["gateway/src/http/body.ts", 'import { a } from "../trpc/handler.ts";', "may import limits"],
  ["gateway/src/trpc/handler.ts", 'import { a } from "../rest/handler.ts";', "the room trpc may import cache, calls"],
  ["gateway/src/limits/limits.ts", 'import type { a } from "../calls/middleware.ts";', "no other room"],
  ["gateway/src/calls/middleware.ts", 'import { a } from "../gateway.ts";', "the room calls may import cache, http"],
  ["tools/dev/src/other/a.ts", 'import { a } from "../mesh/app.ts";', "no room of tools/dev"],
])("%s may not contain %s", (file, text, reason) => {
  expect(violationsIn(file, `// first\n${text}`)).toEqual([
    expect.stringMatching(new RegExp(`^${file}:2: .*${reason}`)),
  ]);
});
