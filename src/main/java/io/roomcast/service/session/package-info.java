/** A client's session: who it is, where it is, and what it has asked for. */
package io.roomcast.service.session;
