package io.roomcast.outbound;

import io.roomcast.protocol.CloseCode;

/** With which a connection is closed when all that waits has been sent. */
record PendingClose(CloseCode code, String reason) {}
