import { join } from "node:path";

/** Returns the folder for the data of a clone's mesh. */
export function dataFolder(root: string): string {
  return join(root, ".mesh");
}

/** Returns the folder of the certificates of a clone. */
export function tlsFolder(root: string): string {
  return join(dataFolder(root), "tls");
}

/** Returns the folder for the files of an app, such as pictures that were uploaded. */
export function filesFolder(root: string, appName: string): string {
  return join(dataFolder(root), "files", appName);
}

/** Returns the log file of an app. */
export function logFile(root: string, appName: string): string {
  return join(dataFolder(root), "logs", `${appName}.log`);
}
