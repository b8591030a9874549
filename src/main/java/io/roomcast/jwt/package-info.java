/** Verifies signed JSON Web Tokens with the Nimbus library. */
package io.roomcast.jwt;
