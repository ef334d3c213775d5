import { connect } from "node:tls";
import { timeoutMs } from "./backends.ts";
import { validityCheck } from "./certificate.ts";
import { type Check, fail, pass, reasonOf, warn } from "./check.mjs";

/** Beyond it, tokens and sessions of one machine begin or end at another time on the other, in milliseconds. */
const skew = { warnMs: 5_000, failMs: 60_000 };

/** Checks the gateway at a URL, as its clients reach it. */
export async function checkGateway(url: URL): Promise<Check[]> {
  const certificate = url.protocol === "https:" ? await checkCertificate(url) : [];
  const live = await respond(new URL("/livez", url));
  if (live instanceof Error) {
    const fix = `check that the gateway runs, and the URL: curl -i ${url.origin}/livez`;
    return [fail("Gateway", `${url.origin} does not respond: ${reasonOf(live)}`, fix), ...certificate];
  }
  const gateway = checkStatus("Gateway", live, `${url.origin} is live`);
  return [gateway, await checkReady(url), checkSkew(live.headers.get("date")), ...certificate];
}

function checkStatus(name: string, { ok, status, url }: Response, good: string): Check {
  if (ok) return pass(name, good);
  return fail(name, `${url} responds with ${status}`, `curl -i ${url}, and read the log of the gateway`);
}

async function checkReady(url: URL): Promise<Check> {
  const response = await respond(new URL("/healthz", url));
  if (response instanceof Error) return fail("Services", reasonOf(response), `curl -i ${url.origin}/healthz`);
  return checkStatus("Services", response, "are ready");
}

function checkSkew(date: string | null): Check {
  if (date === null) return pass("Clock", "not known: the proxy sends no header Date");
  // The header has whole seconds.
  const skewMs = Date.now() - Date.parse(date) - 500;
  const detail = `${Math.round(Math.abs(skewMs) / 1000)} s ${skewMs > 0 ? "ahead of" : "behind"} that of the gateway`;
  if (Math.abs(skewMs) < skew.warnMs) return pass("Clock", "as that of the gateway");
  const fix = "synchronize both clocks by NTP: timedatectl set-ntp true";
  return Math.abs(skewMs) < skew.failMs ? warn("Clock", detail, fix) : fail("Clock", detail, fix);
}

/** Checks the certificate that clients get, also one that this machine does not trust. None if there is no connection. */
function checkCertificate({ hostname, port }: URL): Promise<Check[]> {
  const fix = "renew the certificate of the proxy in front of the gateway";
  return new Promise((resolve) => {
    const socket = connect({
      host: hostname,
      port: Number(port || 443),
      servername: hostname,
      rejectUnauthorized: false,
      timeout: timeoutMs,
    });
    const end = (...checks: Check[]) => {
      socket.destroy();
      resolve(checks);
    };
    socket.once("secureConnect", () => {
      const { valid_from: validFrom, valid_to: validTo } = socket.getPeerCertificate();
      const validity = validityCheck("TLS", { validFrom, validTo, of: "the certificate" }, fix);
      const isTrusted = socket.authorized || validity.status === "fail";
      const reason = String(socket.authorizationError);
      end(
        isTrusted
          ? validity
          : warn(
              "TLS",
              `this machine does not trust the certificate: ${reason}`,
              "name its authority: NODE_EXTRA_CA_CERTS=ca.crt",
            ),
      );
    });
    // The request of the caller fails for the same reason, and reports it.
    socket.once("timeout", () => end());
    socket.once("error", () => end());
  });
}

async function respond(url: URL): Promise<Response | Error> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs), redirect: "manual" });
    await response.arrayBuffer();
    return response;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
