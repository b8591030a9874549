/** The face that clients see: endpoints, their encoders and decoders, and the one class that sends through a Jakarta session. */
package io.roomcast.websocket;
