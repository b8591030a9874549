/** WebSocket connections on WildFly. Frames are written directly to Undertow's sockets. */
package io.roomcast.websocket.undertow;
