package io.roomcast.jwt;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.proc.JWSKeySelector;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.proc.SingleKeyJWSKeySelector;
import io.roomcast.config.AccessKeys;
import io.roomcast.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.text.ParseException;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Makes selectors of the keys that verify tokens, mostly from files. The key decides which algorithm is allowed, never
 * the token.
 */
final class KeyFiles {
    /** The algorithms that are allowed with a key set. None of them uses a shared secret. */
    static final Set<JWSAlgorithm> PUBLIC_KEY_ALGORITHMS = Set.of(JWSAlgorithm.RS256, JWSAlgorithm.ES256);

    private KeyFiles() {}

    /** @throws ConfigException if the file does not contain a public key in PEM */
    static JWSKeySelector<SecurityContext> pem(String file) {
        PublicKey key = publicKey(file);
        return single(key instanceof ECPublicKey ? JWSAlgorithm.ES256 : JWSAlgorithm.RS256, key);
    }

    static JWSKeySelector<SecurityContext> single(JWSAlgorithm algorithm, Key key) {
        return new SingleKeyJWSKeySelector<>(algorithm, key);
    }

    /** @throws ConfigException if the file is not a JSON Web Key Set with a supported key */
    static JWSKeySelector<SecurityContext> jwks(String file) {
        try {
            return new JWSVerificationKeySelector<>(
                    PUBLIC_KEY_ALGORITHMS, new ImmutableJWKSet<>(KeySets.parse(Files.readString(Path.of(file)))));
        } catch (IOException | ParseException e) {
            throw unreadable(AccessKeys.JWKS.name(), file, "a JSON Web Key Set with a supported key");
        }
    }

    private static PublicKey publicKey(String file) {
        byte[] encoded;
        try {
            String text = Files.readString(Path.of(file));
            encoded = Base64.getMimeDecoder().decode(text.replaceAll("-----[A-Z ]+-----", ""));
        } catch (IOException | IllegalArgumentException e) {
            throw unreadable(AccessKeys.PUBLIC_KEY.name(), file, "a public key in PEM");
        }
        return Stream.of("RSA", "EC")
                .map(algorithm -> decoded(algorithm, encoded))
                .filter(key -> key != null)
                .findFirst()
                .orElseThrow(() -> unreadable(AccessKeys.PUBLIC_KEY.name(), file, "a public key (RSA or EC) in PEM"));
    }

    /** @return null if this is no key for the algorithm */
    private static PublicKey decoded(String algorithm, byte[] encoded) {
        try {
            return KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(encoded));
        } catch (GeneralSecurityException e) {
            return null;
        }
    }

    private static ConfigException unreadable(String key, String file, String expected) {
        return new ConfigException(List.of(key + "=" + file + " cannot be read as " + expected));
    }
}
