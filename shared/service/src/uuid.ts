/** Returns a UUID as the database writes it; callers may write it in capital letters. */
export function canonical(uuid: string): string {
  return uuid.toLowerCase();
}
