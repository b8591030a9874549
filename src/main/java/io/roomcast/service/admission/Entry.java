package io.roomcast.service.admission;

/** Which port a request has come to. */
public enum Entry {
    /** The only port, which has everything. */
    ONLY,
    /** The port of clients, beside one for operations. */
    CLIENTS,
    /** The port of its own that health, metrics and the server API have ({@code roomcast.operations.port}). */
    OPERATIONS
}
