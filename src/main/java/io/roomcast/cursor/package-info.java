/** A node's place in the log of each room, where a broker stores messages by room and delivers them to its nodes. */
package io.roomcast.cursor;
