package io.roomcast.jwt;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Reads JSON Web Key Sets. Keys of unknown types are ignored, as RFC 7517 (section 5) demands. So an issuer can add a
 * new type of key, and tokens with keys of known types stay valid.
 */
final class KeySets {
    private KeySets() {}

    /** @throws ParseException if the text is not a key set, or has no supported key */
    static JWKSet parse(String text) throws ParseException {
        List<Object> entries = JSONObjectUtils.getJSONArray(JSONObjectUtils.parse(text), "keys");
        if (entries == null) {
            throw new ParseException("not a JSON Web Key Set", 0);
        }
        List<JWK> keys = new ArrayList<>();
        for (Object entry : entries) {
            if (entry instanceof Map<?, ?> members) {
                addIfSupported(keys, members);
            }
        }
        if (keys.isEmpty()) {
            throw new ParseException("the JSON Web Key Set has no supported key", 0);
        }
        return new JWKSet(keys);
    }

    private static void addIfSupported(List<JWK> keys, Map<?, ?> members) {
        @SuppressWarnings("unchecked")
        Map<String, Object> key = (Map<String, Object>) members;
        try {
            keys.add(JWK.parse(key));
        } catch (ParseException | RuntimeException e) {
            // The library does not know the type of this key, or one of its values.
        }
    }
}
