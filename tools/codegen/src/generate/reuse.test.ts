import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { copyContracts } from "../../testing/copy-contracts.ts";
import { generate } from "./generate.ts";
import { readPluginOptions } from "./plugins.ts";
import { generatorHash } from "./record.ts";
import { planTree, surveyTree } from "./tree.ts";

const repository = join(import.meta.dirname, "../../../..");

// A test generates up to sixteen times, which is slow on a busy machine.
vi.setConfig({ testTimeout: 300_000 });

let root: string;
let output: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "mesh-reuse-test-"));
  output = join(root, "out");
  copyContracts(root);
  for (const name of ["shared", "tools"]) await symlink(join(repository, name), join(root, name), "junction");
  await write("pets/v1/pets.proto", pets);
  await write("pets/v1/errors.proto", errors);
  await write("vets/v1/vets.proto", vets);
  // Its generated files have names that begin like those of pets.proto.
  await write("pets/v1/pets.more.proto", more);
  expect((await generate({ root, output })).errors).toBeUndefined();
});
afterEach(() => rm(root, { recursive: true, force: true }));

const pets = `syntax = "proto3";
package pets.v1;
import "buf/validate/validate.proto";
import "mesh/v1/options.proto";
// A pet.
message Pet { string name = 1 [(buf.validate.field).string.max_len = 9]; }
message PetBorn { option (mesh.v1.event) = { subject: "pets.v1.pet_born" key: "name" }; string name = 1; }
service PetService { option (mesh.v1.service).name = "pets"; rpc Feed(Pet) returns (Pet) { option (mesh.v1.method) = { errors: "PetError" }; } }
`;
const errors = `syntax = "proto3";
package pets.v1;
import "mesh/v1/options.proto";
enum PetError { PET_ERROR_UNSPECIFIED = 0; HUNGRY = 1 [(mesh.v1.error) = { code: CODE_NOT_FOUND }]; }
`;
const vets = `syntax = "proto2";
package vets.v1;
import "pets/v1/pets.proto";
message Visit { required pets.v1.Pet pet = 1; extensions 100 to 200; }
`;

const more = `syntax = "proto3";
package more.v1;
import "google/protobuf/type.proto";
message More { google.protobuf.Field a = 1; }
`;

const secondService = `syntax = "proto3";
package pets.v1;
import "mesh/v1/options.proto";
service FoodService { option (mesh.v1.service) = { name: "food" owns_events: true }; }
`;

const route = `syntax = "proto3";
package pets.v1;
import "google/api/annotations.proto";
import "mesh/v1/options.proto";
import "pets/v1/pets.proto";
service RouteService {
  option (mesh.v1.service) = { name: "routes" owns_events: true };
  rpc Walk(Pet) returns (Pet) {
    option (mesh.v1.method) = { gateway: {public: true} errors: "PetError" };
    option (google.api.http) = { post: "/v1/walks" body: "*" };
  }
}
`;

async function write(name: string, source: string): Promise<void> {
  const path = join(root, "proto", name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, source);
}

async function contents(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name !== ".generation.json");
  const paths = files.map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    await Promise.all(paths.map(async (path) => [path.slice(folder.length), await readFile(path, "utf8")])),
  );
}

test.each([
  ["a rule", () => write("pets/v1/pets.proto", pets.replace("max_len = 9", "min_len = 1"))],
  ["a comment", () => write("pets/v1/pets.proto", pets.replace("// A pet.", "\n\n// An animal."))],
  ["the name of a service", () => write("pets/v1/pets.proto", pets.replace("PetService", "AnimalService"))],
  ["an error in another file of the package", () => write("pets/v1/errors.proto", errors.replace("HUNGRY", "TIRED"))],
  ["a second service in another file", () => write("pets/v1/more.proto", secondService)],
  ["the names of messages", () => write("vets/v1/vets.proto", vets.replace("Visit", "Call"))],
  [
    "an import that no other file has",
    () => write("vets/v1/vets.proto", `${vets}import "google/protobuf/api.proto";\n`),
  ],
  [
    "an import that is no longer used",
    () => write("pets/v1/pets.more.proto", 'syntax = "proto3";\npackage more.v1;\nmessage More { string a = 1; }\n'),
  ],
  ["a route", () => write("pets/v1/routes.proto", route)],
  ["a package", () => write("vets/v1/vets.proto", vets.replace("vets.v1", "other.v1"))],
  ["a file that is gone", () => rm(join(root, "proto/vets"), { recursive: true })],
  [
    "an extension in a file that the extended one does not import",
    () =>
      write(
        "ext/v1/ext.proto",
        'syntax = "proto2";\npackage ext.v1;\nimport "vets/v1/vets.proto";\nextend vets.v1.Visit { optional string note = 100; }\n',
      ),
  ],
])("after a change of %s, all code is as if it were generated anew", async (_, change) => {
  const before = await contents(output);
  await change();
  expect((await generate({ root, output })).errors).toBeUndefined();
  const fresh = join(root, "fresh");
  expect((await generate({ root, output: fresh, reuse: false })).errors).toBeUndefined();
  expect(await contents(output)).toEqual(await contents(fresh));
  expect(await contents(output)).not.toEqual(before);
});

async function regenerated(): Promise<string[]> {
  const options = await readPluginOptions(root);
  const draft = join(root, "draft");
  const tree = { options, generator: generatorHash(root, options), output, draft };
  const plan = await planTree(root, surveyTree(root, tree, true));
  if (typeof plan === "string") throw new Error(plan);
  return [...plan.jobs.flatMap(({ names }) => names), ...(plan.together ? ["tree"] : [])].sort();
}

test("if nothing changed, nothing is written, also not beside the code", async () => {
  const { mtimeMs } = await stat(root);
  expect(await generate({ root, output })).toEqual({ errors: undefined, written: 0, removed: 0 });
  expect((await stat(root)).mtimeMs).toBe(mtimeMs);
});

test("only what depends on a changed file is generated", async () => {
  expect(await regenerated()).toEqual([]);
  await write("pets/v1/pets.proto", pets.replace("A pet.", "An animal."));
  expect(await regenerated()).toEqual(["pets/v1/errors.proto", "pets/v1/pets.proto", "tree", "vets/v1/vets.proto"]);
  await generate({ root, output });
  await write("vets/v1/vets.proto", vets.replace("100 to 200", "100 to 300"));
  expect(await regenerated()).toEqual(["tree", "vets/v1/vets.proto"]);
});

test("generated files that were changed or removed are generated again", async () => {
  const right = await contents(output);
  await writeFile(join(output, "pets/v1/pets.zod.js"), "// changed by hand");
  await rm(join(output, "json-schema/vets.v1.json"));
  await utimes(join(output, "services.json"), 0, 0);
  // Those of a package are generated together.
  expect(await regenerated()).toEqual(["pets/v1/errors.proto", "pets/v1/pets.proto", "tree", "vets/v1/vets.proto"]);
  expect(await generate({ root, output })).toMatchObject({ written: 2, removed: 0 });
  expect(await contents(output)).toEqual(right);
});

test("after an error, the next generation finds what changed since the last right one", async () => {
  await write("pets/v1/pets.proto", pets.replace("max_len = 9", "max_len = 8"));
  await write("vets/v1/vets.proto", vets.replace("pets.v1.Pet pet", "pets.v1.Dog pet"));
  expect((await generate({ root, output })).errors).toMatch("vets.proto:4:");
  await write("vets/v1/vets.proto", vets);
  expect(await regenerated()).toContain("pets/v1/pets.proto");
});

test.each([
  ["the same name in another file of its package", "pets/v1/errors.proto", () => `${errors}message Pet {}\n`],
  [
    "a use of what is gone in another file",
    "pets/v1/pets.proto",
    () => pets.replaceAll("Pet {", "Dog {").replaceAll("(Pet)", "(Dog)"),
  ],
  [
    "the same name in another file, by another package",
    "vets/v1/vets.proto",
    () => vets.replace("vets.v1", "pets.v1").replace("Visit", "Pet").replace("pets.v1.Pet pet", "Pet pet"),
  ],
])("an error is found also if only changed files are compiled: %s", async (_, name, source) => {
  await write(name, source());
  const partly = await generate({ root, output });
  expect(partly.errors).toMatch(/^proto\/(?:pets|vets)/);
  expect(partly).toEqual(await generate({ root, output: join(root, "fresh"), reuse: false }));
});
