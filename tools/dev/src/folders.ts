/** The folder of this package, from its sources as from its bundle: both lie one folder below. */
export const packageFolder = new URL("../", import.meta.url);
