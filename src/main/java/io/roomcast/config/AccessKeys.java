package io.roomcast.config;

import java.time.Duration;
import java.util.List;

/** Keys for access: who may connect. */
public final class AccessKeys {
    public static final Key<List<String>> ORIGINS = new Key<>(
            "roomcast.origins",
            "same-host",
            "list",
            "Web pages of other sites that may connect: `*` for all, or a list of origins such as "
                    + "`https://chat.example`, separated by commas. Pages of the server's own host (`same-host`) "
                    + "always may.",
            Values::origins);

    public static final Key<String> AUTH = new Key<>(
            "roomcast.auth",
            "",
            "name",
            "Who may connect: `open` (anyone, under any name), `token` (holders of a signed token) or `container` "
                    + "(users of the application server). If empty, anyone may connect, but only to a loopback "
                    + "address.",
            Values.oneOf("", "open", "token", "container"));

    public static final Key<String> SECRET = new Key<>(
                    "roomcast.auth.secret",
                    "",
                    "text",
                    "Secret that tokens are signed with (HS256), at least 32 characters. Set it in the environment "
                            + "rather than on a command line.",
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
            "JSON Web Key Set with the public keys that tokens are checked with (RS256, ES256): a file or a URL.",
            text -> text);

    public static final Key<String> ISSUER = new Key<>(
            "roomcast.auth.issuer",
            "",
            "text",
            "Required value of a token's claim `iss`. If empty, any; a URL of `roomcast.auth.jwks` needs a value.",
            text -> text);

    public static final Key<String> AUDIENCE = new Key<>(
            "roomcast.auth.audience",
            "",
            "text",
            "Value that a token's claim `aud` must contain. If empty, any; a URL of `roomcast.auth.jwks` needs a "
                    + "value.",
            text -> text);

    public static final Key<String> CLAIM = new Key<>(
            "roomcast.auth.claim",
            "sub",
            "name",
            "Claim of a token that holds the user's id. Dots lead into nested objects, unless a claim has exactly this "
                    + "name.",
            text -> text);

    public static final Key<String> NAME_CLAIM = new Key<>(
            "roomcast.token.name-claim",
            "name",
            "name",
            "Claim of a token that holds the name that is shown for the user. Without it, the id is shown.",
            text -> text);

    public static final Key<String> INFO_CLAIM = new Key<>(
            "roomcast.token.info-claim",
            "",
            "name",
            "Claim of a token that holds a JSON object about the user, which members see, such as the address of a "
                    + "picture. If empty, none.",
            text -> text);

    public static final Key<String> EXP = new Key<>(
            "roomcast.auth.exp",
            "optional",
            "name",
            "Whether a token must have the claim `exp`: `optional` or `required`.",
            Values.oneOf("optional", "required"));

    public static final Key<Duration> MAX_LIFE = new Key<>(
            "roomcast.auth.max-life",
            "1d",
            "duration",
            "How long a session lasts before its token must be shown again, even if `exp` is later. A token without "
                    + "`exp` is valid for this time after its `iat`. 0 for no limit.",
            Values::duration);

    public static final Key<Long> TOKEN_BYTES = new Key<>(
            "roomcast.auth.token-bytes",
            "16KiB",
            "size",
            "Largest token; 0 for no limit.",
            Values.sizeBetween("256B", "1MiB", true));

    public static final Key<Duration> JWKS_TIMEOUT = new Key<>(
            "roomcast.auth.jwks-timeout",
            "5s",
            "duration",
            "How long one fetch of the key set may take, and how long a token waits for it.",
            Values.durationBetween("100ms", "1m"));

    public static final Key<Long> JWKS_BYTES = new Key<>(
            "roomcast.auth.jwks-bytes",
            "1MiB",
            "size",
            "Largest key set that is fetched; 0 for no limit.",
            Values.sizeBetween("1KiB", "64MiB", true));

    public static final Key<Duration> JWKS_REFRESH = new Key<>(
            "roomcast.auth.jwks-refresh",
            "5m",
            "duration",
            "The key set is fetched again after this time.",
            Values.durationBetween("1s", "1d"));

    public static final Key<Duration> JWKS_PAUSE = new Key<>(
            "roomcast.auth.jwks-pause",
            "3s",
            "duration",
            "Shortest time between two fetches of the key set, however many tokens name unknown keys.",
            Values.durationBetween("100ms", "10m"));

    public static final Key<Duration> JWKS_OUTAGE = new Key<>(
            "roomcast.auth.jwks-outage",
            "1d",
            "duration",
            "How long the last good key set serves while it cannot be fetched; 0 for no limit.",
            Values::duration);

    public static final Key<Integer> JWKS_WAITING = new Key<>(
            "roomcast.auth.jwks-waiting",
            "1000",
            "number",
            "Maximum number of tokens that may wait for the key set at a time; 0 for no limit.",
            Values.integerBetween(0, 1_000_000));

    public static final Key<Duration> HELLO_TIMEOUT = new Key<>(
            "roomcast.auth.hello-timeout",
            "10s",
            "duration",
            "How long a connection may stay open without showing its token; then it is closed with 4002.",
            Values.durationBetween("1s", "10m"));

    public static final Key<Integer> LOGIN_FAILURES = new Key<>(
            "roomcast.auth.login-failures",
            "5",
            "number",
            "With `roomcast.auth=container`: wrong passwords that an address may send for one name. Then it gets 429 for "
                    + "this name; 0 for no limit.",
            Values.integerBetween(0, 1_000_000));

    public static final Key<Duration> LOGIN_PAUSE = new Key<>(
            "roomcast.auth.login-pause",
            "35m",
            "duration",
            "How long an address gets 429 for a name after its last wrong password.",
            Values.durationBetween("1s", "1d"));

    public static final Key<Integer> LOGIN_RATE = new Key<>(
            "roomcast.auth.login-rate",
            "20",
            "number",
            "Wrong passwords in a minute that an address may send for all names together; then it gets 429. 0 for no "
                    + "limit.",
            Values.integerBetween(0, 1_000_000));

    /** The keys of this class, in the order of --help. */
    static final List<Key<?>> ALL = List.of(
            ORIGINS,
            AUTH,
            SECRET,
            PUBLIC_KEY,
            JWKS,
            JWKS_TIMEOUT,
            JWKS_BYTES,
            JWKS_REFRESH,
            JWKS_PAUSE,
            JWKS_OUTAGE,
            JWKS_WAITING,
            ISSUER,
            AUDIENCE,
            CLAIM,
            NAME_CLAIM,
            INFO_CLAIM,
            EXP,
            MAX_LIFE,
            TOKEN_BYTES,
            HELLO_TIMEOUT,
            LOGIN_FAILURES,
            LOGIN_PAUSE,
            LOGIN_RATE);

    private AccessKeys() {}

    /** Whether a value of {@link #JWKS} is a URL, and no file. */
    public static boolean isUrl(String jwks) {
        return jwks.startsWith("http://") || jwks.startsWith("https://");
    }
}
