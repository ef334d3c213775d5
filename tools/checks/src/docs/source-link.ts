import { join, posix, relative, sep } from "node:path";
import { ask, type Git } from "../git.ts";

/** Returns the URL of a line in a source file: at the web host of the repository, or relative to the pages. */
export type SourceLink = (path: string, line: number) => string;

/** The URL formats of well-known hosts. */
const hosts = new Map<string, (repository: string, commit: string, path: string, line: number) => string>([
  ["github.com", (repository, commit, path, line) => `${repository}/blob/${commit}/${path}#L${line}`],
  ["gitlab.com", (repository, commit, path, line) => `${repository}/-/blob/${commit}/${path}#L${line}`],
  ["bitbucket.org", (repository, commit, path, line) => `${repository}/src/${commit}/${path}#lines-${line}`],
  ["codeberg.org", (repository, commit, path, line) => `${repository}/src/commit/${commit}/${path}#L${line}`],
]);

/** Links to the web host of `origin` at HEAD, or to the local files relative to the pages. */
export async function sourceLinks(git: Git, root: string, output: string): Promise<SourceLink> {
  const remote = webAddress((await ask(git, "remote", "get-url", "origin")) ?? "");
  const commit = await ask(git, "rev-parse", "--verify", "--quiet", "HEAD");
  const address = remote && hosts.get(remote.host);
  if (!remote || !address || !commit) {
    return (path) => encodeURI(relative(output, join(root, path)).split(sep).join(posix.sep));
  }
  const prefix = (await ask(git, "rev-parse", "--show-prefix")) ?? "";
  return (path, line) => address(remote.url, commit, encodeURI(prefix + path), line);
}

/** Returns the web page of a git remote, without the user and the password. Undefined if the remote is not on a host. */
export function webAddress(remote: string): { readonly host: string; readonly url: string } | undefined {
  const pattern =
    /^(?:(?:https?|ssh|git):\/\/(?:[^@/]*@)?|[^@/:]+@)([\w.-]+)(?::\d+(?=\/))?[/:]([\w.~/-]+?)(?:\.git)?\/?$/;
  const [, host, path] = pattern.exec(remote) ?? [];
  return host && path ? { host, url: `https://${host}/${path}` } : undefined;
}
