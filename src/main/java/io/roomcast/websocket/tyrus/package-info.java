/**
 * WebSocket connections on Grizzly, for the embedded server and for Payara. This package reads and
 * writes frames. Tyrus processes the handshakes and calls the endpoints.
 */
package io.roomcast.websocket.tyrus;
