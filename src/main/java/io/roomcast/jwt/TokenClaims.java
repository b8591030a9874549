package io.roomcast.jwt;

import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.JWTClaimsSetVerifier;
import io.roomcast.identity.ApiPermission;
import io.roomcast.identity.Identity;
import io.roomcast.identity.RoomPermissions;
import io.roomcast.identity.TokenRefusedException;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.UserName;
import java.text.ParseException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the claims of a token must be, and what they mean.
 *
 * @param userClaim that holds the user's name
 * @param apiClaim that says what the server API does; empty where it does nothing for tokens
 * @param issuer and {@code audience}: empty where any will do
 */
record TokenClaims(String userClaim, String apiClaim, String issuer, String audience) {
    /** Clocks differ; a token that begins now is not to be refused. */
    private static final int SKEW_SECONDS = 30;

    JWTClaimsSetVerifier<SecurityContext> verifier() {
        JWTClaimsSet exact = issuer.isEmpty()
                ? null
                : new JWTClaimsSet.Builder().issuer(issuer).build();
        DefaultJWTClaimsVerifier<SecurityContext> verifier = new DefaultJWTClaimsVerifier<>(
                audience.isEmpty() ? null : Set.of(audience), exact, Set.of(userClaim), null);
        verifier.setMaxClockSkew(SKEW_SECONDS);
        return verifier;
    }

    Identity identity(JWTClaimsSet claims, Instant now) {
        Identity identity = new Identity(
                user(claims),
                true,
                permissions(claims),
                api(claims),
                claims.getExpirationTime() == null
                        ? Instant.MAX
                        : claims.getExpirationTime().toInstant());
        if (identity.expired(now)) {
            throw new TokenRefusedException("the token was refused: Expired JWT");
        }
        return identity;
    }

    private UserName user(JWTClaimsSet claims) {
        try {
            return new UserName(claims.getStringClaim(userClaim));
        } catch (ParseException | ProtocolException e) {
            throw new TokenRefusedException("the token was refused: its claim " + userClaim + " is no name for a user");
        }
    }

    /** A claim of another shape allows nothing, rather than all. */
    private static RoomPermissions permissions(JWTClaimsSet claims) {
        Object rooms = claims.getClaim("rooms");
        if (rooms == null) {
            return RoomPermissions.ALL;
        }
        Map<String, List<String>> rules = new HashMap<>();
        if (rooms instanceof Map<?, ?> map) {
            map.forEach((room, allowed) -> rules.put(String.valueOf(room), words(allowed)));
        }
        return new RoomPermissions(rules);
    }

    /** An array of words, or one text with blanks between, as scopes are written. */
    private Set<ApiPermission> api(JWTClaimsSet claims) {
        Object allowed = apiClaim.isEmpty() ? null : claims.getClaim(apiClaim);
        return ApiPermission.of(allowed instanceof String text ? List.of(text.split(" ")) : words(allowed));
    }

    private static List<String> words(Object allowed) {
        return allowed instanceof Collection<?> list
                ? list.stream().map(String::valueOf).toList()
                : List.of();
    }
}
