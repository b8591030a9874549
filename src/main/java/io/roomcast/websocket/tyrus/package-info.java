/** WebSocket connections on Grizzly: frames are read and written here, handshakes and endpoints are Tyrus's. For the embedded server and for Payara. */
package io.roomcast.websocket.tyrus;
