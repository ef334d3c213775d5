import { EncryptJWT } from "jose";
import { afterEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { sealedCookie } from "./sealed-cookie.ts";

const schema = z.object({ id: z.string() });
const options = { name: "mesh_session", secrets: ["s".repeat(32)], maxAgeS: 60, schema };
const cookie = sealedCookie(options);
const http = { secure: false };
const https = { secure: true };

/** Returns the part of a Set-Cookie header that a browser sends back. */
const pairOf = (setCookie: string) => setCookie.split(";", 1)[0] ?? "";
const written = async () => pairOf(await cookie.write({ id: "ada" }, http));

afterEach(() => void vi.useRealTimers());

describe("sealedCookie", () => {
  it("reads what it wrote, and shows nothing of it", async () => {
    const pair = await written();
    expect(await cookie.read(`theme=dark; ${pair}`, http)).toMatchObject({ id: "ada" });
    expect(Buffer.from(pair, "base64url").toString()).not.toContain("ada");
  });

  it("keeps the cookie from scripts and other sites, and over https from sibling domains", async () => {
    expect(await cookie.write({ id: "ada" }, https)).toMatch(
      /^__Host-mesh_session=[\w.-]+; Max-Age=60; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    expect(cookie.remove(https)).toBe("__Host-mesh_session=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax");
  });

  it("does not read a cookie over https that a sibling domain may have planted", async () => {
    expect(await cookie.read(await written(), https)).toBeUndefined();
    const own = pairOf(await cookie.write({ id: "ada" }, https));
    expect(await cookie.read(`${await written()}; ${own}`, https)).toMatchObject({ id: "ada" });
  });

  it("reads cookies of older secrets, and writes with the newest", async () => {
    const rotated = sealedCookie({ ...options, secrets: ["t".repeat(32), ...options.secrets] });
    expect(await rotated.read(await written(), http)).toMatchObject({ id: "ada" });
    expect(await cookie.read(pairOf(await rotated.write({ id: "ada" }, http)), http)).toBeUndefined();
    const after = sealedCookie({ ...options, secrets: ["t".repeat(32)] });
    expect(await after.read(pairOf(await rotated.write({ id: "ada" }, http)), http)).toMatchObject({ id: "ada" });
    expect(await after.read(await written(), http)).toBeUndefined();
  });

  it("is valid until its end", async () => {
    const pair = await written();
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 70_000 });
    expect(await cookie.read(pair, http)).toMatchObject({ id: "ada" }); // The clocks may differ by 15 s.
    vi.setSystemTime(Date.now() + 10_000);
    expect(await cookie.read(pair, http)).toBeUndefined();
  });

  it.each([
    [
      "another cookie's value",
      async () =>
        pairOf(await sealedCookie({ ...options, name: "mesh_signin" }).write({ id: "ada" }, http)).replace(
          "mesh_signin",
          "mesh_session",
        ),
    ],
    [
      "a changed byte",
      async () => (await written()).replace(/.{30}$/, (end) => `${end[0] === "A" ? "B" : "A"}${end.slice(1)}`),
    ],
    ["half of it", async () => (await written()).slice(0, 100)],
    [
      "a plain JWT",
      async () =>
        `mesh_session=eyJhbGciOiJub25lIn0.${Buffer.from('{"id":"ada","exp":9999999999,"aud":"mesh_session"}').toString("base64url")}.`,
    ],
    ["100 KB", async () => `mesh_session=${"A".repeat(100_000)}`],
    ["an oversized one of its own", async () => pairOf(await cookie.write({ id: "x".repeat(5_000) }, http))],
    [
      "the wrong content",
      async () =>
        pairOf(await sealedCookie({ ...options, schema: z.object({ no: z.string() }) }).write({ no: "" }, http)),
    ],
    ["nothing", async () => ""],
  ])("reads nothing from %s", async (_, header) => {
    expect(await cookie.read(await header(), http)).toBeUndefined();
  });

  it("reads nothing that is encrypted by another algorithm with its own key id", async () => {
    const [protectedHeader = ""] = (await written()).replace("mesh_session=", "").split(".");
    const { kid } = JSON.parse(Buffer.from(protectedHeader, "base64url").toString());
    const token = await new EncryptJWT({ id: "ada" })
      .setProtectedHeader({ alg: "dir", enc: "A128CBC-HS256", kid })
      .setAudience("mesh_session")
      .setExpirationTime("60 s")
      .encrypt(new Uint8Array(32));
    expect(await cookie.read(`mesh_session=${token}`, http)).toBeUndefined();
  });
});
