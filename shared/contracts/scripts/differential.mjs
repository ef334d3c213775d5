// Compares generated schemas with protovalidate on many messages: `npm run test:differential -w @mesh/contracts --
// [messages] [seed]`. Default: 200,000 messages, and a seed that the test's name says.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { argv, env, execPath, exit } from "node:process";

const root = join(import.meta.dirname, "../../..");
const vitest = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");
const [messages = "200000", seed] = argv.slice(2);
const { status } = spawnSync(
  execPath,
  [vitest, "run", "--reporter=verbose", "shared/contracts/src/schema/differential"],
  {
    cwd: root,
    stdio: "inherit",
    env: { ...env, DIFFERENTIAL_MESSAGES: messages, ...(seed && { DIFFERENTIAL_SEED: seed }) },
  },
);
exit(status ?? 1);
