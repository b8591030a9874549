/** Rooms of this node: who is in them, and the lanes that carry messages to their members. */
package io.roomcast.room;
