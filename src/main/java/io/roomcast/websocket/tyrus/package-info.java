/**
 * WebSocket connections on Grizzly, for the embedded server and for Payara. Frames are read and written here; Tyrus has
 * the handshakes and calls the endpoints.
 */
package io.roomcast.websocket.tyrus;
