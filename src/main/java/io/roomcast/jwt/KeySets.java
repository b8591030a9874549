package io.roomcast.jwt;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Reads JSON Web Key Sets as RFC 7517 (section 5) demands: keys of unknown kinds are ignored. So an issuer that adds a
 * new kind of key locks nobody out.
 */
final class KeySets {
    private KeySets() {}

    /** @throws ParseException for what is no key set, and for one that holds no key that is understood */
    static JWKSet parse(String text) throws ParseException {
        List<Object> entries = JSONObjectUtils.getJSONArray(JSONObjectUtils.parse(text), "keys");
        if (entries == null) {
            throw new ParseException("not a JSON Web Key Set", 0);
        }
        List<JWK> keys = new ArrayList<>();
        for (Object entry : entries) {
            if (entry instanceof Map<?, ?> members) {
                addUnderstood(keys, members);
            }
        }
        if (keys.isEmpty()) {
            throw new ParseException("no keys in it that are understood", 0);
        }
        return new JWKSet(keys);
    }

    private static void addUnderstood(List<JWK> keys, Map<?, ?> members) {
        @SuppressWarnings("unchecked")
        Map<String, Object> key = (Map<String, Object>) members;
        try {
            keys.add(JWK.parse(key));
        } catch (ParseException | RuntimeException e) {
            // Of a kind, or with values, that this library does not know.
        }
    }
}
