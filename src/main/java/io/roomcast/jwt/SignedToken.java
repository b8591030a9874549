package io.roomcast.jwt;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.BadJWSException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.BadJWTException;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import io.roomcast.identity.TokenRefusedException;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.security.Key;
import java.text.ParseException;
import java.util.List;
import java.util.Optional;

/**
 * A token of the right form. The claims can be read only with the keys that may have signed the token. Every exception
 * of the library means that the token is refused.
 */
final class SignedToken {
    /** The types of RFC 7519 and RFC 9068. RFC 7515 allows each with or without the prefix {@code application/}. */
    private static final JOSEObjectType[] TYPES = {
        null,
        JOSEObjectType.JWT,
        new JOSEObjectType("application/jwt"),
        new JOSEObjectType("at+jwt"),
        new JOSEObjectType("application/at+jwt")
    };

    private static final DefaultJWTProcessor<Candidates> PROCESSOR = new DefaultJWTProcessor<>();

    /** The keys that may have signed a token. */
    private record Candidates(List<? extends Key> keys) implements SecurityContext {}

    static {
        PROCESSOR.setJWSKeySelector((header, candidates) -> candidates.keys());
        PROCESSOR.setJWSTypeVerifier(new DefaultJOSEObjectTypeVerifier<>(TYPES));
        PROCESSOR.setJWTClaimsSetVerifier((claims, candidates) -> {});
    }

    private final SignedJWT jwt;

    private SignedToken(SignedJWT jwt) {
        this.jwt = jwt;
    }

    /**
     * Reads a token, without a check of its signature.
     *
     * @param maxBytes most bytes of the token; 0 for no limit
     * @throws TokenRefusedException if the text is too long, or is not a signed token
     */
    static SignedToken parse(String token, long maxBytes) {
        if (maxBytes > 0 && token.length() > maxBytes) {
            throw refused("longer than " + maxBytes + " bytes");
        }
        int end = token.indexOf('.');
        if (end < 0 || !token.chars().allMatch(SignedToken::isBase64Url)) {
            throw notSigned();
        }
        // This server supports no extension, so none may be critical. An empty list of critical extensions is invalid.
        JsonObject header = StrictJson.object(new Base64URL(token.substring(0, end)).decode());
        if (header.containsKey("crit") || header.containsKey("b64")) {
            throw refused("its header wants an extension");
        }
        if (header.containsValue(JsonValue.NULL)) {
            throw refused("its header has a null");
        }
        try {
            return new SignedToken(SignedJWT.parse(token));
        } catch (ParseException | RuntimeException e) {
            throw notSigned();
        }
    }

    private static boolean isBase64Url(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.';
    }

    JWSHeader header() {
        return jwt.getHeader();
    }

    /**
     * Verifies the signature, and returns the claims.
     *
     * @return empty if none of the keys signed the token
     * @throws TokenRefusedException if the token is not valid for a reason other than its key
     */
    Optional<JsonObject> verify(List<? extends Key> keys) {
        try {
            PROCESSOR.process(jwt, new Candidates(keys));
        } catch (BadJWSException e) {
            return Optional.empty();
        } catch (BadJWTException e) {
            throw refused("its claims do not have the form of RFC 7519");
        } catch (BadJOSEException | JOSEException | RuntimeException e) {
            throw notSigned();
        }
        return Optional.of(StrictJson.object(jwt.getPayload().toBytes()));
    }

    /** The refusal of a token that no known key has signed, or that has the wrong form. */
    static TokenRefusedException notSigned() {
        return refused("not signed by a known key");
    }

    private static TokenRefusedException refused(String why) {
        return new TokenRefusedException("the token was refused: " + why);
    }
}
