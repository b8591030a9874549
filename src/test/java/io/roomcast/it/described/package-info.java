/** What is written about frames, beside what a server takes and sends. */
package io.roomcast.it.described;
