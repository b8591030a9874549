/** The rooms of this node: their members, and the lanes that deliver messages to the members. */
package io.roomcast.room;
