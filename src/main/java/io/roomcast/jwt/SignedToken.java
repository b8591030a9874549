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
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import io.roomcast.identity.TokenRefusedException;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.security.Key;
import java.text.ParseException;
import java.util.List;
import java.util.Optional;

/**
 * A token of the right form; its claims count only after its signature was checked. Whatever the library throws on a
 * stranger's input is a refusal.
 */
final class SignedToken {
    /** As RFC 7519 and RFC 9068 name them; RFC 7515 lets each be written with its tree before it. */
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
     * @param most bytes that it may have; 0 for any number
     * @throws TokenRefusedException for anything that is no signed token
     */
    static SignedToken parse(String token, long most) {
        if (most > 0 && token.length() > most) {
            throw refused("longer than " + most + " bytes");
        }
        int end = token.indexOf('.');
        if (end < 0 || !token.chars().allMatch(SignedToken::isBase64Url)) {
            throw unknown();
        }
        // No extension of the format is known here, so none may be critical: the empty list is as wrong as a full one.
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
            throw unknown();
        }
    }

    private static boolean isBase64Url(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.';
    }

    JWSHeader header() {
        return jwt.getHeader();
    }

    /**
     * @return empty where none of the keys signed it
     * @throws TokenRefusedException where it is bad whoever signed it
     */
    Optional<JsonObject> claims(List<? extends Key> keys) {
        try {
            PROCESSOR.process(jwt, new Candidates(keys));
        } catch (BadJWSException e) {
            return Optional.empty();
        } catch (BadJOSEException | JOSEException | RuntimeException e) {
            throw unknown();
        }
        return Optional.of(StrictJson.object(jwt.getPayload().toBytes()));
    }

    static TokenRefusedException unknown() {
        return refused("not signed by a known key");
    }

    private static TokenRefusedException refused(String why) {
        return new TokenRefusedException("the token was refused: " + why);
    }
}
