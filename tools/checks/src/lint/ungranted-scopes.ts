import type { DescFile, DescMessage, DescMethod } from "@bufbuild/protobuf";
import { eventsOf } from "@mesh/codegen/catalogue/event";
import { scopeList, scopesOf } from "@mesh/codegen/catalogue/method";
import { type MeshOptions, optionPaths } from "@mesh/codegen/catalogue/options";
import { grantedScopes } from "@mesh/codegen/catalogue/roles";
import type { Problem } from "@mesh/codegen/problem";
import { acceptanceOf } from "../contracts/acceptance.ts";

/** A declaration that names scopes. */
interface Need {
  readonly desc: DescMethod | DescMessage;
  readonly scopes: readonly string[];
  /** The field numbers that lead to the option. */
  readonly option: readonly number[];
}

/**
 * Lists the scopes that no role has, so that no user can call the method or open the feed, and a scope for the objects of others has no
 * holder. Only a warning: an identity provider may grant scopes by itself, which a comment accepts.
 *
 * @param isOwn returns true for files that can be changed here
 */
export function ungrantedScopes(
  files: readonly DescFile[],
  options: MeshOptions,
  isOwn: (file: DescFile) => boolean,
): Problem[] {
  const granted = grantedScopes(files, options);
  return files.filter(isOwn).flatMap((file) =>
    needsIn(file, options).flatMap(({ desc, scopes, option }) => {
      const missing = scopes.filter((scope) => !granted.has(scope));
      if (missing.length === 0 || acceptanceOf("granted-elsewhere", desc)) return [];
      const what = missing.map((scope) => JSON.stringify(scope)).join(", ");
      const fix =
        "add it to a role in option (mesh.v1.package) = {roles: …}, or comment // mesh:granted-elsewhere <reason>";
      return [{ desc, option, text: `no role has the scope ${what} of ${desc.name}: ${fix}` }];
    }),
  );
}

function needsIn(file: DescFile, options: MeshOptions): Need[] {
  const methods = file.services.flatMap((service) => service.methods);
  const ofMethods = methods.flatMap((desc): Need[] => [
    { desc, scopes: scopesOf(desc, options), option: optionPaths.methodGateway },
    { desc, scopes: scopeList(options.method(desc)?.owner?.unless ?? ""), option: optionPaths.methodOwner },
  ]);
  const ofFeeds = eventsOf(file, options).flatMap(({ message: desc }): Need[] => {
    const feed = options.event(desc)?.feed;
    return feed ? [{ desc, scopes: scopeList(`${feed.scopes} ${feed.unless}`), option: optionPaths.eventFeed }] : [];
  });
  return [...ofMethods, ...ofFeeds];
}
