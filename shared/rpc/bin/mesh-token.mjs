#!/usr/bin/env node
// `npm run --silent token -- <customer id> [scope …]`: prints a token by which a developer calls services for a customer with
// these scopes, for 15 minutes.
// MESH_TLS_DIR is the folder of the certificate that signs it; default: .mesh/tls/developer. Production does not accept it.
import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { argv, env, exit, stderr, stdout } from "node:process";
import { SignJWT } from "jose";

const [, , id = "", ...scopes] = argv;
if (!/^\w[\w-]{0,63}$/.test(id)) {
  stderr.write("npm run --silent token -- <customer id> [scope …]   prints a token for calls as this customer\n");
  exit(2);
}
const dir = env.MESH_TLS_DIR ?? join(import.meta.dirname, "../../../.mesh/tls/developer");
const certificate = new X509Certificate(read("tls.crt"));
const issuer = /URI:(spiffe:\/\/[^/]+\/[^,]+)/.exec(certificate.subjectAltName ?? "")?.[1] ?? "";
// Certificates of development have keys of this kind.
const header = { alg: "ES256", typ: "mesh-principal+jwt", x5c: [certificate.raw.toString("base64")] };
const token = await new SignJWT({ sub: `customer:${id}`, scope: scopes.join(" ") })
  .setProtectedHeader(header)
  .setIssuer(issuer)
  .setAudience(new URL("/", issuer).href.replace(/\/$/, ""))
  .setIssuedAt()
  .setExpirationTime("15m")
  .sign(createPrivateKey(read("tls.key")));
stdout.write(`${token}\n`);

function read(name) {
  try {
    return readFileSync(join(dir, name));
  } catch {
    stderr.write(`there is no ${join(dir, name)}: \`npm start\` creates it\n`);
    exit(1);
  }
}
