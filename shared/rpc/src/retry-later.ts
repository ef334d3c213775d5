/** How long the caller of a call that met an overload or an outage should wait before it tries again, in milliseconds. */
export const retryLaterMs = 500;
