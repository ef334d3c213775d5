// `npm run doctor`: checks this machine, this checkout and, if asked, a deployment. Begins without any installed package.
import { argv, exit, stderr, stdout } from "node:process";
import { parseArgs } from "node:util";
import { checkMachine } from "../src/doctor/machine.mjs";
import { checkPackages } from "../src/doctor/packages.mjs";
import { exitCodeOf, reportOf } from "../src/doctor/report.mjs";
import { folder, root } from "./root.mjs";

const help = `npm run doctor    checks this machine and this checkout, and prints how to fix what is wrong

  --deployment <url>  also checks a deployment: the gateway at this URL, and NATS, PostgreSQL, the certificate and the metrics
                      that the environment names, such as NATS_URL. With NODE_ENV=production, checks these without a URL, too
  --json              prints JSON: npm run --silent doctor -- --json

✓ is good, ! is a warning, ✗ has failed. It changes nothing.
Exit codes: 0 nothing has failed; 1 a check has failed; 2 an argument is wrong.
`;

const options = readArguments();
if (options.help) {
  stdout.write(help);
  exit(0);
}
const startedAt = Date.now();
const groups = await examine();
stdout.write(
  reportOf(groups, { json: options.json, isTerminal: stdout.isTTY === true, tookMs: Date.now() - startedAt }),
);
// Not exit(), which may cut off what is still to be written to a pipe.
process.exitCode = exitCodeOf(groups);

/** Checks what needs packages only if there are some. Those of another version mostly do. */
async function examine() {
  const [machine, checkout] = await Promise.all([checkMachine(root), checkPackages(root)]);
  const isComplete = checkout.every(({ status }) => status !== "fail");
  const more = await moreChecks().catch((error) => {
    if (isComplete) throw error;
    return { servers: [], sources: [], deployment: [] };
  });
  return [
    { name: "Machine", checks: [...machine, ...more.servers] },
    { name: "Checkout", checks: [...checkout, ...more.sources] },
    { name: "Deployment", checks: more.deployment },
  ].filter(({ checks }) => checks.length > 0);
}

async function moreChecks() {
  const { load } = await import("@mesh/codegen/load");
  const loaded = await load("doctor/more-checks", folder);
  return loaded.moreChecks(root, options.deployment);
}

function readArguments() {
  try {
    const { values } = parseArgs({
      args: argv.slice(2),
      options: {
        deployment: { type: "string" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    const { deployment } = values;
    if (deployment !== undefined && !(URL.canParse(deployment) && /^https?:/.test(deployment))) {
      throw new Error(`--deployment must be a URL that starts with https:// or http://, got "${deployment}"`);
    }
    return values;
  } catch (error) {
    stderr.write(`${error.message}\n\n${help}`);
    exit(2);
  }
}
