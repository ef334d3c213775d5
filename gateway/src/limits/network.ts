import { isIPv6 } from "node:net";

/** Returns the network of an IPv6 address, because one client has all of its addresses; of others, the address itself. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped?.[1]) return mapped[1];
  return isIPv6(address) ? `${firstGroups(address).join(":")}::/64` : address;
}

function firstGroups(address: string): string[] {
  const [head = "", tail] = address.toLowerCase().split("::");
  const groups = head.split(":").filter(Boolean);
  const last = (tail ?? "").split(":").filter(Boolean);
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - groups.length - last.length);
  const all = [...groups, ...Array.from({ length: zeros }, () => "0"), ...last];
  return all.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
}
