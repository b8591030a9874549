/** The sessions of clients: their identities, their rooms, and the order of their requests. */
package io.roomcast.service.session;
