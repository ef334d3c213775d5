// A throwaway certificate authority with certificates for a server, a gateway and a service that calls, for mutual TLS.
import { execFile } from "node:child_process";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Makes the certificates by openssl, valid for a day. Returns their folder. @throws Error if there is no openssl */
export async function makeCertificates() {
  const folder = await mkdtemp(join(tmpdir(), "mesh-bench-"));
  // Without the extensions that the configuration of the system adds, which make every certificate an authority.
  await writeFile(join(folder, "openssl.cnf"), "[req]\ndistinguished_name = name\n[name]\n");
  await makeCertificate(folder, "authority", { names: ["authority"] });
  await makeCertificate(folder, "server", { names: ["orders", "inventory"], signedBy: "authority" });
  await makeCertificate(folder, "client", { names: ["gateway"], signedBy: "authority" });
  // A service calls on its own account. The gateway calls for customers, whose tokens it signs.
  await makeCertificate(folder, "caller", { names: ["checkout"], signedBy: "authority" });
  return folder;
}

/** Makes a certificate with an id per name. */
async function makeCertificate(folder, name, { names, signedBy }) {
  const path = (file) => join(folder, file);
  const ids = names.map((one) => `URI:spiffe://mesh.local/${one}`);
  const extensions = [
    `subjectAltName=${ids.join(",")}`,
    ...(signedBy
      ? ["basicConstraints=critical,CA:FALSE", "keyUsage=critical,digitalSignature"]
      : ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign"]),
  ];
  const added = extensions.flatMap((extension) => ["-addext", extension]);
  const subject = ["-config", path("openssl.cnf"), "-subj", `/CN=${name}`, ...added];
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", path(`${name}.key`)];
  const signer = signedBy ? ["-CA", path(`${signedBy}.crt`), "-CAkey", path(`${signedBy}.key`)] : [];
  await run("openssl", ["req", "-x509", "-days", "1", ...key, ...subject, ...signer, "-out", path(`${name}.crt`)]);
}
