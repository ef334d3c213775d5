import { type Rule, rule } from "../issue.ts";

/** A rule for a well-known format; an empty text breaks a rule of its own, as in protovalidate. */
function format(name: string, test: (value: string) => boolean, noun: string): Rule<string> {
  const empty = rule<string>(`string.${name}_empty`, () => false, `must be ${noun}`);
  const wrong = rule(`string.${name}`, test, `must be ${noun}`);
  return (payload) => (payload.value === "" ? empty(payload) : wrong(payload));
}

const uuidPattern = /^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/;

/** `uuid`: of any version, with hyphens. */
export function uuid(): Rule<string> {
  return format("uuid", (value) => uuidPattern.test(value), "a UUID");
}

// Source: https://html.spec.whatwg.org/multipage/input.html#valid-e-mail-address
const emailPattern =
  /^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/;

/** `email`: as the HTML standard has it. */
export function email(): Rule<string> {
  return format("email", (value) => emailPattern.test(value), "an email address");
}
