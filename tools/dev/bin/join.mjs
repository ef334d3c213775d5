// `npm run join -- <service>`: prints the settings by which a service in another language joins the mesh that runs here.
import { argv, exit, stderr, stdout } from "node:process";
import { load } from "@mesh/codegen/load";
import { folder, root } from "./root.mjs";

const help = `env $(npm run --silent join -- <service>) <command>    runs a service in another language in the mesh that runs here

Makes a certificate of a day for the name of the service, in .mesh/tls, and prints MESH_TLS_DIR and NATS_URL. The login of NATS is
the developer's, who may publish and consume all events.
`;

const [, , name = ""] = argv;
if (name === "--help") {
  stdout.write(help);
  exit(0);
}
if (!/^[a-z][\w-]*(\.[a-z][\w-]*)*$/.test(name)) {
  stderr.write(`"${name}" is no name of a service\n\n${help}`);
  exit(2);
}
const { joinMesh } = await load("mesh/join-mesh", folder);
const settings = await joinMesh(root, name);
if (!settings) {
  stderr.write("no mesh runs in this repository: run npm start\n");
  exit(1);
}
for (const [variable, value] of Object.entries(settings)) stdout.write(`${variable}=${value}\n`);
