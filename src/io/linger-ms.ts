/**
 * How long a connection that this side has ended waits for the other side's end, in ms. Closed before, with bytes unread or
 * on their way, the kernel resets it and forgets what it has still to deliver.
 */
export const LINGER_MS = 5000;
