package io.roomcast.http.files;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;

/** A file in memory, with its compressed form. Immutable. */
final class WebFile {
    private static final int HASH_BYTES = 8;
    private static final Pattern REFUSED = Pattern.compile("q=0(\\.0*)?");

    private final String type;
    private final byte[] content;
    private final byte[] compressed;
    private final String tag;

    WebFile(String type, byte[] content) {
        this.type = type;
        this.content = content;
        this.compressed = compress(content);
        // Weak, because both forms have it.
        this.tag = "W/\"" + hash(content) + "\"";
    }

    /**
     * @param cacheControl how long clients keep the file
     * @param acceptedEncodings null if the client names none
     * @param knownTags tags of what the client has; null if it has nothing
     */
    FileAnswer answer(String cacheControl, String acceptedEncodings, String knownTags) {
        Map<String, String> headers = new TreeMap<>();
        headers.put("Cache-Control", cacheControl);
        headers.put("ETag", tag);
        headers.put("Vary", "Accept-Encoding");
        if (knownTags != null
                && Arrays.stream(knownTags.split(",", -1))
                        .anyMatch(known -> known.strip().equals(tag))) {
            return FileAnswer.notModified(headers);
        }
        headers.put("Content-Type", type);
        if (acceptsGzip(acceptedEncodings)) {
            headers.put("Content-Encoding", "gzip");
            return FileAnswer.ok(headers, compressed);
        }
        return FileAnswer.ok(headers, content);
    }

    private static boolean acceptsGzip(String encodings) {
        if (encodings == null) {
            return false;
        }
        for (String encoding : encodings.split(",", -1)) {
            String[] parts = encoding.split(";", 2);
            if (parts[0].strip().equalsIgnoreCase("gzip")) {
                return parts.length == 1
                        || !REFUSED.matcher(parts[1].replace(" ", "")).matches();
            }
        }
        return false;
    }

    private static byte[] compress(byte[] content) {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return compressed.toByteArray();
    }

    /** Another for other parts, also if they only begin elsewhere. */
    static String hash(byte[]... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (byte[] part : parts) {
                digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, part.length));
                digest.update(part);
            }
            return HexFormat.of().formatHex(digest.digest(), 0, HASH_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
