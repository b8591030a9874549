/** Sends members the names or the number of the users who join and leave. */
package io.roomcast.service.presence;
