import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { durationSetting, logLevelSetting, portSetting, readSettings, urlListSetting, urlSetting } from "./env.ts";
import { peersSetting } from "./peers.ts";

const shape = {
  PORT: portSetting(4000),
  NATS_URL: urlSetting("nats", "tls"),
  WAIT_MS: durationSetting(500),
  LEVEL: z.enum(["low", "high"]).default("low").describe("one of low, high"),
  COOKIE_SECRET: z.string().min(32).optional().describe("at least 32 characters"),
};

describe("readSettings", () => {
  it("reads values and fills in defaults; an empty variable counts as missing", () => {
    const settings = readSettings(shape, { NATS_URL: "nats://127.0.0.1:4222", WAIT_MS: "20", PORT: "" });
    expect(settings).toEqual({ PORT: 4000, NATS_URL: "nats://127.0.0.1:4222", WAIT_MS: 20, LEVEL: "low" });
  });

  it("reports every wrong variable in one error, with its value and the expected one", () => {
    const env = { PORT: "99999", WAIT_MS: "soon", LEVEL: "middle" };
    expect(() => readSettings(shape, env)).toThrowErrorMatchingInlineSnapshot(`
      [SettingsError: 4 wrong settings:
        PORT is "99999"; expected: a port number from 0 to 65535
        NATS_URL is not set; expected: a URL that starts with nats:// or tls://
        WAIT_MS is "soon"; expected: a whole number of milliseconds from 1 to 2147483647
        LEVEL is "middle"; expected: one of low, high]
    `);
  });

  it("names the page of the settings if a schema describes nothing, with the rule that failed", () => {
    const own = { REVIEW_KEY: z.string().min(8), LIMIT: z.coerce.number().max(5) };
    expect(() => readSettings(own, { LIMIT: "6" })).toThrowErrorMatchingInlineSnapshot(`
      [SettingsError: 2 wrong settings:
        REVIEW_KEY is not set; see docs/settings.md
        LIMIT is "6"; Too big: expected number to be <=5; see docs/settings.md]
    `);
    expect(() => readSettings(own, { LIMIT: "6", REVIEW_KEY: "hunter2" })).not.toThrow("hunter2");
  });

  it("never shows a secret, or the password in a URL", () => {
    const env = { NATS_URL: "http://user:hunter2@host", COOKIE_SECRET: "hunter2" };
    expect(() => readSettings(shape, env)).toThrow(/COOKIE_SECRET is set, but not usable/);
    expect(() => readSettings(shape, env)).toThrow('NATS_URL is "http://***@host"');
    for (const url of ["http://u:hunt/er2@host", "u:hunter2@host", "http://host?password=hunter2", env.NATS_URL]) {
      expect(() => readSettings(shape, { ...env, NATS_URL: url })).not.toThrow(/er2/);
    }
  });
});

describe("a setting in a file", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "mesh settings "));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function write(content: string | Uint8Array): string {
    const file = join(folder, "value");
    writeFileSync(file, content);
    return file;
  }

  const read = (env: Record<string, string>) => readSettings({ COOKIE_SECRET: shape.COOKIE_SECRET }, env);
  const secret = "0123456789abcdef0123456789abcdef";

  it.each([
    ["is the text of the file", secret],
    ["loses the last line break", `${secret}\n`],
    ["loses the last line break of Windows, and the byte order mark", `\uFEFF${secret}\r\n`],
  ])("%s", (_what, content) => {
    expect(read({ COOKIE_SECRET_FILE: write(content) })).toEqual({ COOKIE_SECRET: secret });
  });

  it("keeps spaces, and line breaks before the last one", () => {
    const file = write(` ${secret}\n${secret} \n\n`);
    expect(read({ COOKIE_SECRET_FILE: file })).toEqual({ COOKIE_SECRET: ` ${secret}\n${secret} \n` });
  });

  it("is parsed by its schema", () => {
    expect(readSettings({ PORT: shape.PORT }, { PORT_FILE: write("8080\n") })).toEqual({ PORT: 8080 });
  });

  it("comes from the variable if the one of the file is empty, and the other way round", () => {
    expect(read({ COOKIE_SECRET: secret, COOKIE_SECRET_FILE: "" })).toEqual({ COOKIE_SECRET: secret });
    expect(read({ COOKIE_SECRET: "", COOKIE_SECRET_FILE: write(secret) })).toEqual({ COOKIE_SECRET: secret });
  });

  it("must not be in a variable, too", () => {
    const env = { COOKIE_SECRET: secret, COOKIE_SECRET_FILE: write(secret) };
    expect(() => read(env)).toThrow("COOKIE_SECRET and COOKIE_SECRET_FILE are both set; remove one of them");
    expect(() => read(env)).not.toThrow(secret);
  });

  it("is an error if there is no such file, or it is a folder, empty, or not text", () => {
    const absent = join(folder, "absent");
    expect(() => read({ COOKIE_SECRET_FILE: absent })).toThrow(
      `1 wrong setting:\n  COOKIE_SECRET_FILE is "${absent}", which cannot be read: ENOENT: no such file or directory; expected: a file that contains COOKIE_SECRET`,
    );
    expect(() => read({ COOKIE_SECRET_FILE: folder })).toThrow(`"${folder}", which cannot be read: EISDIR`);
    expect(() => read({ COOKIE_SECRET_FILE: write("\n") })).toThrow("which is empty; expected: a file");
    const binary = write(Uint8Array.of(0xff, 0xfe, 0x00));
    expect(() => read({ COOKIE_SECRET_FILE: binary })).toThrow("which cannot be read: it is not text in UTF-8");
  });

  it("is named with its file if it is wrong, without what the file contains", () => {
    const file = write("hunter2");
    const all = { COOKIE_SECRET_FILE: file, PORT_FILE: file };
    const line = (name: string) =>
      `${name} is in the file "${file}", but not usable (its value is not shown); expected: `;
    const own = { PORT: shape.PORT, COOKIE_SECRET: shape.COOKIE_SECRET };
    expect(() => readSettings(own, all)).toThrow(
      `2 wrong settings:\n  ${line("PORT")}a port number from 0 to 65535\n  ${line("COOKIE_SECRET")}at least 32 characters`,
    );
  });

  it("is reported beside settings that are wrong or missing", () => {
    const env = { PORT: "99999", COOKIE_SECRET_FILE: "/absent" };
    expect(() => readSettings(shape, env)).toThrow(
      /^3 wrong settings:\n {2}PORT .*\n {2}NATS_URL .*\n {2}COOKIE_SECRET_FILE /,
    );
  });

  it("is not meant by a setting whose own name ends in _FILE", () => {
    const own = { RULES: z.string().optional(), RULES_FILE: z.string() };
    expect(readSettings(own, { RULES_FILE: "/rules" })).toEqual({ RULES_FILE: "/rules" });
    expect(readSettings({ RULES_FILE: z.string() }, { RULES_FILE_FILE: write("/rules\n") })).toEqual({
      RULES_FILE: "/rules",
    });
  });
});

describe("urlListSetting", () => {
  const read = (value: string) => readSettings({ NATS_URL: urlListSetting("nats", "tls") }, { NATS_URL: value });

  it.each(["nats://a:4222", "nats://a:4222,nats://b:4222", "nats://u:p@a:4222, tls://b:4222"])(
    "accepts %s",
    (value) => {
      expect(read(value)).toEqual({ NATS_URL: value });
    },
  );

  it.each(["nats://a:4222,", "nats://a:4222,b:4222", "nats://a:4222,http://b:4222", "a"])("rejects %s", (value) => {
    expect(() => read(value)).toThrow(
      "expected: a URL that starts with nats:// or tls://, or several, separated by commas",
    );
  });

  it("shows no password of any of them", () => {
    expect(() => read("http://u:hunter2@a,http://u:hunter3@b")).toThrow('NATS_URL is "http://***@b"');
  });
});

describe("durationSetting", () => {
  const read = (value: string) => readSettings({ WAIT_MS: durationSetting(500) }, { WAIT_MS: value });

  it.each([1, 2 ** 31 - 1])("accepts %s", (value) => {
    expect(read(String(value))).toEqual({ WAIT_MS: value });
  });

  it.each([0, 2 ** 31, 2_592_000_000, 1.5, "soon"])("rejects %s, which no timer supports", (value) => {
    expect(() => read(String(value))).toThrow("expected: a whole number of milliseconds from 1 to 2147483647");
  });
});

describe("logLevelSetting", () => {
  it("is info by default, and lists the levels in its error", () => {
    const read = (LOG_LEVEL?: string) => readSettings({ LOG_LEVEL: logLevelSetting() }, { LOG_LEVEL }).LOG_LEVEL;
    expect([read(), read("debug")]).toEqual(["info", "debug"]);
    expect(() => read("loud")).toThrow(/one of silent, fatal, .*trace/);
  });
});

describe("peersSetting", () => {
  const read = (value: string) => readSettings({ PEERS: peersSetting(["catalog", "inventory"]) }, { PEERS: value });

  it("reads addresses by name", () => {
    const { PEERS } = read("catalog=127.0.0.1:7001, inventory=[::1]:7002,other=host:1");
    expect(PEERS).toEqual({ catalog: ["127.0.0.1:7001"], inventory: ["[::1]:7002"], other: ["host:1"] });
  });

  it("reads several replicas of a name, and a name that is looked up", () => {
    const { PEERS } = read("catalog=a:1,inventory=dns:inventory.default.svc:7001,catalog=a:2");
    expect(PEERS).toEqual({ catalog: ["a:1", "a:2"], inventory: ["dns:inventory.default.svc:7001"] });
  });

  it("accepts a comma at the end", () => {
    expect(Object.keys(read("catalog=a:1,inventory=b:2,").PEERS)).toEqual(["catalog", "inventory"]);
  });

  it.each([
    "catalog=127.0.0.1:7001",
    "catalog=a:1,inventory=b",
    "nonsense",
    "catalog=:1,inventory=x:2",
    "catalog=a:1,inventory=b:2,other=",
    "catalog=a:1,inventory=b:2,other",
    "catalog=a:1,inventory=b:2,=c:3",
    "catalog=a:1,,inventory=b:2",
    "catalog=a:0,inventory=b:2",
    "catalog=a:65536,inventory=b:2",
    "catalog=a:1,inventory=b:2,catalog=a:1",
    "catalog=dns:a:1,inventory=b:2,catalog=a:1",
    "catalog=dns:a:1,inventory=b:2,catalog=dns:b:1",
  ])("rejects %s with an example of what is expected", (value) => {
    expect(() => read(value)).toThrow("expected: the addresses of the peers: catalog=host:port,inventory=host:port");
  });
});
