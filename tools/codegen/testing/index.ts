// For tests that need the code generated from contracts of their own.

export { fieldKey } from "../src/names.ts";
export { compile, pluginRequest } from "./compile.ts";
export { copyContracts } from "./copy-contracts.ts";
export type { CorpusMessage } from "./corpus-message.ts";
export { corpusProto } from "./corpus-proto.ts";
export { formKeyOf, formMessages, formsProto } from "./form-corpus.ts";
export { generateFiles, writeGenerated } from "./generated.ts";
export { messageArbitrary } from "./message-arbitrary.ts";
