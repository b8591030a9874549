/** Ways to send that every server has, and what the others have in common. */
package io.roomcast.websocket.transport;
