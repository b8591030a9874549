package io.roomcast.support;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs tokens for tests. */
public final class Tokens {
    public static final String SECRET = "a secret that only these tests know, and 32 bytes";

    /** Who issues the tokens of {@link #of}, and for what. */
    public static final String ISSUER = "https://login.test";

    public static final String AUDIENCE = "roomcast";

    /** What the users of most tests may do; a rule for {@code roomcast.token.default-permissions}. */
    public static final String MEMBER = "*: read, publish, presence, history";

    private Tokens() {}

    public static JWTClaimsSet.Builder of(String user, Duration life) {
        return new JWTClaimsSet.Builder()
                .subject(user)
                .issuer(ISSUER)
                .audience(AUDIENCE)
                .expirationTime(Date.from(Instant.now().plus(life)));
    }

    /** Signed with {@link #SECRET}, whatever stands in it. */
    public static String raw(String header, String claims) {
        return raw(header.getBytes(UTF_8), claims.getBytes(UTF_8));
    }

    public static String raw(byte[] header, byte[] claims) {
        String signed = Base64URL.encode(header) + "." + Base64URL.encode(claims);
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(SECRET.getBytes(UTF_8), "HmacSHA256"));
            return signed + "." + Base64URL.encode(mac.doFinal(signed.getBytes(UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(e);
        }
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
