/** A job that was in hand when so many processes in a row ended is suspect: each process tries only one of them at a time. */
export const suspectKills = 2;

/** A job has failed if so many processes in a row have ended, the last three of them while it was suspect. */
export const maxKills = suspectKills + 3;

/** The pause after each end of a process while a job was suspect, in seconds: its cause may be outside. */
export const pauseAfterKillSeconds = 5;

/** The failure of a job that is done again because its process has ended. */
export const lostProcess = { code: "UNAVAILABLE", message: "its process ended" } as const;

/** The failure of a job that ends its processes. Its text is for operators. */
export const killer = {
  code: "INTERNAL",
  message: `its process ended ${maxKills - suspectKills} times while it was done alone`,
} as const;
