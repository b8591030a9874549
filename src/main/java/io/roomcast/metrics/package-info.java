/** What the node counts. Values only: who shows them, and how, is decided above. */
package io.roomcast.metrics;
