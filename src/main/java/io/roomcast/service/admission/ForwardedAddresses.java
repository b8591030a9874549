package io.roomcast.service.admission;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The addresses that headers of proxies name: those of the client, and of the proxies between it and the last one. A
 * client may write such headers itself. So an address here never opens anything. It may only close.
 */
final class ForwardedAddresses {
    private static final Set<String> ADDRESS_HEADERS =
            Set.of("x-real-ip", "x-client-ip", "true-client-ip", "cf-connecting-ip", "fastly-client-ip", "x-forwarded");
    /** The parameter of RFC 7239 with the address of a client. */
    private static final Pattern FOR = Pattern.compile("(?i)(?:^|[;,\\s])for\\s*=\\s*(\"[^\"]*\"|[^;,\\s]*)");
    /** An address with a port, and of IPv6 in brackets. */
    private static final Pattern V4_PORT = Pattern.compile("([\\d.]+)(:\\d+)?");

    private static final Pattern V6_PORT = Pattern.compile("\\[([^\\]]*)\\](:\\d+)?");

    private ForwardedAddresses() {}

    /**
     * @param names names of all headers
     * @param values returns all values of a header
     * @return the addresses without their ports; a text that is no address stays as it is
     */
    static List<String> of(Iterable<String> names, Function<String, List<String>> values) {
        List<String> addresses = new ArrayList<>();
        for (String name : names) {
            String lower = name.toLowerCase(Locale.ROOT);
            for (String value : RequestHead.isForwarding(name) ? values.apply(name) : List.<String>of()) {
                if (lower.equals("forwarded")) {
                    FOR.matcher(value).results().forEach(found -> addresses.add(bare(found.group(1))));
                } else if (lower.equals("x-forwarded-for") || ADDRESS_HEADERS.contains(lower)) {
                    for (String address : value.split(",", -1)) {
                        addresses.add(bare(address));
                    }
                }
            }
        }
        return addresses;
    }

    private static String bare(String text) {
        String address = text.replace("\"", "").strip();
        for (Pattern pattern : List.of(V4_PORT, V6_PORT)) {
            Matcher matcher = pattern.matcher(address);
            if (matcher.matches()) {
                return matcher.group(1);
            }
        }
        return address;
    }
}
