package io.roomcast.jwt;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;

/** Signs tokens for tests. */
public final class Tokens {
    public static final String SECRET = "a secret that only these tests know, and 32 bytes";

    private Tokens() {}

    public static JWTClaimsSet.Builder of(String user, Duration life) {
        return new JWTClaimsSet.Builder()
                .subject(user)
                .expirationTime(Date.from(Instant.now().plus(life)));
    }

    public static String signed(JWTClaimsSet.Builder claims) {
        return signed(claims, SECRET);
    }

    public static String signed(JWTClaimsSet.Builder claims, String secret) {
        try {
            return signed(claims, new JWSHeader(JWSAlgorithm.HS256), new MACSigner(secret));
        } catch (JOSEException e) {
            throw new IllegalArgumentException(e);
        }
    }

    public static String signed(JWTClaimsSet.Builder claims, JWSHeader header, JWSSigner signer) {
        SignedJWT token = new SignedJWT(header, claims.build());
        try {
            token.sign(signer);
        } catch (JOSEException e) {
            throw new IllegalArgumentException(e);
        }
        return token.serialize();
    }
}
