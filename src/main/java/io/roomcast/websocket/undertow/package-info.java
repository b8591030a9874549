/**
 * WebSocket connections on WildFly. Frames are written directly to the sockets of Undertow, and checked before Undertow
 * reads them.
 */
package io.roomcast.websocket.undertow;
