/** What the tests need of the machine that they run on, and what is said where it is missing. */
package io.roomcast.support.machine;
