import { join, posix, relative, sep } from "node:path";
import { ask, type Git } from "../breaking/git.ts";

/** Where to read a line of a file: at the repository's web host, or beside the pages. */
export type SourceLink = (path: string, line: number) => string;

/** How the hosts that are known by their name write the address of a line. */
const hosts = new Map<string, (repository: string, commit: string, path: string, line: number) => string>([
  ["github.com", (repository, commit, path, line) => `${repository}/blob/${commit}/${path}#L${line}`],
  ["gitlab.com", (repository, commit, path, line) => `${repository}/-/blob/${commit}/${path}#L${line}`],
  ["bitbucket.org", (repository, commit, path, line) => `${repository}/src/${commit}/${path}#lines-${line}`],
  ["codeberg.org", (repository, commit, path, line) => `${repository}/src/commit/${commit}/${path}#L${line}`],
]);

/** Links to the web host of `origin` at the commit that is checked out, or else to the files, relative to the pages. */
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

/** The page of a repository, without the name and the password that a remote may have in it; undefined: it has none. */
export function webAddress(remote: string): { readonly host: string; readonly url: string } | undefined {
  const pattern =
    /^(?:(?:https?|ssh|git):\/\/(?:[^@/]*@)?|[^@/:]+@)([\w.-]+)(?::\d+(?=\/))?[/:]([\w.~/-]+?)(?:\.git)?\/?$/;
  const [, host, path] = pattern.exec(remote) ?? [];
  return host && path ? { host, url: `https://${host}/${path}` } : undefined;
}
