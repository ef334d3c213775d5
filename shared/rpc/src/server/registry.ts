import type { FileRegistry } from "@bufbuild/protobuf";

/**
 * Returns a function that resolves with the files of the contracts, and those of gRPC's own protocols. They are read when it
 * is first called, for reflection or for an invalid request: most processes need neither, and this takes time and memory.
 *
 * @param descriptorSet base64 of a FileDescriptorSet with all imports, or a function that resolves with it
 */
export function lazyRegistry(descriptorSet: string | (() => Promise<string>)): () => Promise<FileRegistry> {
  let registry: Promise<FileRegistry> | undefined;
  return () => {
    registry ??= read(descriptorSet);
    return registry;
  };
}

async function read(descriptorSet: string | (() => Promise<string>)): Promise<FileRegistry> {
  const { registryOf } = await import("./descriptors.ts");
  return registryOf(typeof descriptorSet === "string" ? descriptorSet : await descriptorSet());
}
