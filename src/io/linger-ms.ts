/**
 * How long a connection that this side has ended waits for the other side's end, in ms. If it were closed earlier, with
 * incoming bytes unread or in flight, the kernel would reset it and discard what it has yet to deliver.
 */
export const LINGER_MS = 5000;
