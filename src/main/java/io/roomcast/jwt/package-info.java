/** Signed JSON Web Tokens, checked with the Nimbus library. */
package io.roomcast.jwt;
