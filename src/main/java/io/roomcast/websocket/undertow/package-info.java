/** WebSocket connections on WildFly: frames go straight to Undertow's sockets. */
package io.roomcast.websocket.undertow;
