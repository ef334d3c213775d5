const keyPattern = /^[a-z0-9_-]+(\/[a-z0-9_-]+)*$/;
const maxLength = 512;

/** Returns a key that is one. It has no dots, so it leads nowhere outside of a folder. @throws Error if it is none */
export function checkedKey(key: string): string {
  if (key.length <= maxLength && keyPattern.test(key)) return key;
  throw new Error(
    `${JSON.stringify(key.slice(0, 100))} is no key: use up to ${maxLength} small letters, digits, - and _, with / between words`,
  );
}
