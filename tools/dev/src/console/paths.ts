/** The path of the console, below which its page has its own paths. */
export const consolePath = "/console";
