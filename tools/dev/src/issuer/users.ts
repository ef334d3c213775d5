/** A person who can sign in during development. */
export interface DevUser {
  /** The subject at the issuer. */
  readonly id: string;
  readonly name: string;
  readonly roles: readonly string[];
  /** What the person may do, for the sign-in page. */
  readonly may: string;
}

/** The people who can sign in during development: one for each role of the shop. */
export const devUsers: readonly DevUser[] = [
  { id: "customer", name: "Casey Customer", roles: ["customer"], may: "Buys things, and sees only their own orders." },
  { id: "clerk", name: "Clara Clerk", roles: ["clerk"], may: "Sees the stock, and refunds orders." },
  { id: "admin", name: "Alex Admin", roles: ["admin"], may: "May do everything." },
];
