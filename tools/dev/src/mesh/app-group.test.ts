import { expect, test } from "vitest";
import type { App } from "./app.ts";
import { grouped, readGroups } from "./app-group.ts";

const appOf = (name: string, kind: App["kind"] = "service"): App => ({
  name,
  folder: `/${name}`,
  dist: `/${name}/dist`,
  kind,
  services: kind === "service" ? [{ name, slug: name }] : [],
});
const apps = [appOf("catalog"), appOf("orders"), appOf("gateway", "gateway"), appOf("web", "web")];

test.each([
  [["orders+nothing"], 'there is no "nothing"; these can share a process: catalog, orders, gateway'],
  [["orders+web"], 'there is no "web"; these can share a process: catalog, orders, gateway'],
  [["orders+catalog", "gateway+orders"], "orders is named twice"],
  [["orders"], "orders is one app: a process is shared by several, such as orders+payments"],
])("%j is no group", (texts, message) => {
  expect(() => readGroups(texts, apps)).toThrow(message);
});

test("without a name, all apps but the page share a process, which has the port of the gateway", () => {
  const [mono, web] = grouped("/clone", apps, readGroups([], apps));
  expect(mono).toMatchObject({ name: "mono", kind: "gateway", dist: "/clone/dist/mono" });
  expect(mono?.services.map(({ name }) => name)).toEqual(["catalog", "orders"]);
  expect(web?.name).toBe("web");
});

test("apps that no group names keep their processes", () => {
  const processes = grouped("/clone", apps, readGroups(["catalog+orders"], apps));
  expect(processes.map(({ name, kind }) => [name, kind])).toEqual([
    ["catalog+orders", "service"],
    ["gateway", "gateway"],
    ["web", "web"],
  ]);
});
