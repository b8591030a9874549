/** A client's session: its identity, its rooms and its requests. */
package io.roomcast.service.session;
