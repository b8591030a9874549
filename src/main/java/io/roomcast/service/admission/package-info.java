/** Decides which clients may connect, and how much they may request. */
package io.roomcast.service.admission;
