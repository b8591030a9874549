/** The ports between nodes: what a relay of messages and a store of presence have to do, and what they tell. */
package io.roomcast.relay;
