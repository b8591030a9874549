/** The rooms of this node: their members, and the lanes that deliver messages to them. */
package io.roomcast.room;
