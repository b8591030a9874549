/** Tells the members of rooms which users join and leave, or how many users a large room has. */
package io.roomcast.service.presence;
