import { MeshError } from "@mesh/contracts";
import type { MuxHeader, MuxRequest } from "@mesh/contracts/protocols/mesh/v1/index";
import { maxHeaderBytes, type OutgoingHeaders } from "../headers.ts";
import { signerHeader } from "../tokens/token-headers.ts";
import { maxSigners } from "./limits.ts";
import { textHeader } from "./mux-headers.ts";

/** The fields of a call with its headers. */
type SignerFields = Pick<MuxRequest, "signer" | "signerText" | "headers">;

/** The signers of the tokens that a client has sent on a stream. */
export class SentSigners {
  readonly #numbers = new Map<string, number>();

  /**
   * Returns the number for the signer of a call's token, with its text if the number is new. The text is among the headers if
   * there are too many signers.
   */
  fieldsOf(sent: OutgoingHeaders, headers: MuxHeader[]): SignerFields {
    const text = sent[signerHeader];
    if (typeof text !== "string") return { signer: 0, signerText: "", headers };
    const known = this.#numbers.get(text);
    if (known !== undefined) return { signer: known, signerText: "", headers };
    const signer = this.#numbers.size + 1;
    if (signer > maxSigners)
      return { signer: 0, signerText: "", headers: [...headers, textHeader(signerHeader, text)] };
    this.#numbers.set(text, signer);
    return { signer, signerText: text, headers };
  }
}

/** The signers of the tokens that a server has received on a stream. */
export class ReceivedSigners {
  readonly #texts = new Map<number, string>();

  /** Returns the signer of a call's token; empty: there is none. @throws MeshError INVALID_ARGUMENT if its number is unknown */
  textOf({ signer, signerText }: Pick<MuxRequest, "signer" | "signerText">): string {
    if (signer === 0) return "";
    const text = signerText === "" ? this.#texts.get(signer) : signerText;
    if (text === undefined || signer > maxSigners || text.length > maxHeaderBytes) {
      throw new MeshError({ code: "INVALID_ARGUMENT", message: `${signer} is no number of a signer` });
    }
    if (signerText !== "") this.#texts.set(signer, text);
    return text;
  }
}
