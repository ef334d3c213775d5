// Imports no installed package: it runs before they are installed.
import { execFile } from "node:child_process";
import { statSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { freemem } from "node:os";
import { join } from "node:path";
import process, { versions } from "node:process";
import { promisify } from "node:util";
import { checkNode, npm } from "../build/prepare.mjs";
import { fail, pass, reasonOf, warn } from "./check.mjs";

/** @typedef {import("./check.mjs").Check} Check */

const gigabyte = 1e9;

/** A mesh in development needs less; below, builds and tests fail with unclear errors. */
const enough = { disk: 2 * gigabyte, memory: gigabyte };
const tooLittle = { disk: 0.2 * gigabyte, memory: 0.2 * gigabyte };

/** @param {string} root @returns {Promise<Check[]>} what can be checked of a machine without packages */
export async function checkMachine(root) {
  return Promise.all([
    checkNodeVersion(),
    checkNpm(root),
    checkGit(),
    checkDisk(root),
    checkMemory(),
    checkClock(root),
  ]);
}

function checkNodeVersion() {
  try {
    checkNode();
    return pass("Node", versions.node);
  } catch (error) {
    return fail("Node", reasonOf(error).replace(/: see .*/, ""), "install a supported version from https://nodejs.org");
  }
}

/** @param {string} root */
async function checkNpm(root) {
  const { code, output } = await npm(root, ["--version"]).catch((error) => ({ code: 1, output: reasonOf(error) }));
  if (code === 0) return pass("npm", output);
  return fail("npm", `does not run: ${output.split("\n")[0]}`, "install Node with npm from https://nodejs.org");
}

async function checkGit() {
  try {
    const { stdout } = await promisify(execFile)("git", ["--version"]);
    return pass("git", stdout.trim().replace("git version ", ""));
  } catch {
    const fix = "install it from https://git-scm.com: npm run check and npm run upgrade need it";
    return warn("git", "is not installed", fix);
  }
}

/** @param {string} root */
async function checkDisk(root) {
  const { bavail, bsize } = await statfs(root);
  return ofSpace(
    "Disk",
    bavail * bsize,
    enough.disk,
    tooLittle.disk,
    "free some space; npm run reset removes the data of this mesh",
  );
}

async function checkMemory() {
  // In a container, less than the machine has.
  const bytes = process.availableMemory?.() ?? freemem();
  return ofSpace("Memory", bytes, enough.memory, tooLittle.memory, "end other programs, such as another mesh");
}

function ofSpace(/** @type {string} */ name, bytes = 0, least = 0, minimum = 0, fix = "") {
  const detail = `${(bytes / gigabyte).toFixed(1)} GB free`;
  if (bytes >= least) return pass(name, detail);
  return bytes < minimum ? fail(name, detail, fix) : warn(name, `${detail}; ${least / gigabyte} GB are better`, fix);
}

/** A clock that is behind the files makes certificates that are not valid yet. @param {string} root */
async function checkClock(root) {
  const now = new Date();
  const newest = statSync(join(root, "package.json")).mtime;
  const detail = now.toISOString().replace(/\.\d+Z$/, "Z");
  if (now >= newest) return pass("Clock", detail);
  return fail(
    "Clock",
    `${detail} is before the last change of package.json`,
    "set the clock: timedatectl set-ntp true",
  );
}
