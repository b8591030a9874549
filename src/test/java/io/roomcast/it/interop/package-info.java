/** The protocol as WebSocket libraries of others speak it, each with a small driver. */
package io.roomcast.it.interop;
