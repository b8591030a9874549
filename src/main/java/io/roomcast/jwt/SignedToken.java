package io.roomcast.jwt;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import io.roomcast.identity.TokenRefusedException;
import jakarta.json.JsonObject;
import java.security.Key;
import java.text.ParseException;
import java.util.List;

/**
 * A token that has the form of one; what it says counts once its signature was checked. Strangers write what the library reads here, so
 * whatever it throws is a refusal.
 */
final class SignedToken {
    private static final JOSEObjectType ACCESS_TOKEN = new JOSEObjectType("at+jwt");
    private static final DefaultJWTProcessor<Candidates> PROCESSOR = new DefaultJWTProcessor<>();

    /** The keys that may have signed a token. */
    private record Candidates(List<? extends Key> keys) implements SecurityContext {}

    static {
        PROCESSOR.setJWSKeySelector((header, candidates) -> candidates.keys());
        PROCESSOR.setJWSTypeVerifier(new DefaultJOSEObjectTypeVerifier<>(JOSEObjectType.JWT, ACCESS_TOKEN, null));
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
            throw refused("not signed by a known key");
        }
        // No extension of the format is known here, so none may be critical: the empty list is as wrong as a full one.
        JsonObject header = StrictJson.object(new Base64URL(token.substring(0, end)).decode());
        if (header.containsKey("crit") || header.containsKey("b64")) {
            throw refused("its header wants an extension");
        }
        try {
            return new SignedToken(SignedJWT.parse(token));
        } catch (ParseException | RuntimeException e) {
            throw refused("not signed by a known key");
        }
    }

    private static boolean isBase64Url(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.';
    }

    JWSHeader header() {
        return jwt.getHeader();
    }

    /** @throws TokenRefusedException where none of the keys signed it */
    JsonObject claims(List<? extends Key> keys) {
        try {
            PROCESSOR.process(jwt, new Candidates(keys));
        } catch (BadJOSEException | JOSEException | RuntimeException e) {
            throw refused("not signed by a known key");
        }
        return StrictJson.object(jwt.getPayload().toBytes());
    }

    private static TokenRefusedException refused(String why) {
        return new TokenRefusedException("the token was refused: " + why);
    }
}
