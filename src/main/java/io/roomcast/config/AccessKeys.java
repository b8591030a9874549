package io.roomcast.config;

import java.time.Duration;
import java.util.List;

/** Keys that say who may enter. */
public final class AccessKeys {
    public static final Key<List<String>> ORIGINS = new Key<>(
            "roomcast.origins",
            "same-host",
            "list",
            "Pages that may connect: same-host, * for all, or origins such as https://chat.example, with commas between.",
            Values::origins);

    public static final Key<String> AUTH = new Key<>(
            "roomcast.auth",
            "",
            "name",
            "Who may enter: open for anyone under any name, token for who has a signed token, container for who is logged in to"
                    + " the application server. Without it, anyone, on connections that arrive at a loopback address only.",
            Values.oneOf("", "open", "token", "container"));

    public static final Key<String> SECRET = new Key<>(
                    "roomcast.auth.secret",
                    "",
                    "text",
                    "Secret that tokens are signed with (HS256), at least 32 bytes; better in the environment than on a command line.",
                    Values.matching("|(?s).{32,}", "at least 32 characters"))
            .asSecret();

    public static final Key<String> PUBLIC_KEY = new Key<>(
            "roomcast.auth.public-key",
            "",
            "file",
            "PEM file with the public key that tokens are checked with (RS256, ES256).",
            text -> text);

    public static final Key<String> JWKS = new Key<>(
            "roomcast.auth.jwks",
            "",
            "file or URL",
            "JSON Web Key Set with the public keys that tokens are checked with (RS256, ES256).",
            text -> text);

    public static final Key<String> ISSUER = new Key<>(
            "roomcast.auth.issuer", "", "text", "What the claim iss of a token must be; empty for any.", text -> text);

    public static final Key<String> AUDIENCE = new Key<>(
            "roomcast.auth.audience",
            "",
            "text",
            "What the claim aud of a token must hold; empty for any.",
            text -> text);

    public static final Key<String> CLAIM = new Key<>(
            "roomcast.auth.claim", "sub", "name", "Claim of a token that holds the user's name.", text -> text);

    public static final Key<Duration> HELLO_TIMEOUT = new Key<>(
            "roomcast.auth.hello-timeout",
            "10s",
            "duration",
            "How long a connection may be open before it has shown its token.",
            Values.durationBetween("1s", "10m"));

    /** In the order in which they are shown. */
    static final List<Key<?>> ALL =
            List.of(ORIGINS, AUTH, SECRET, PUBLIC_KEY, JWKS, ISSUER, AUDIENCE, CLAIM, HELLO_TIMEOUT);

    private AccessKeys() {}
}
