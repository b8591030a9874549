package io.roomcast.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/**
 * Reads numeric addresses. Clients choose many of these texts, and a text that is no address never causes a DNS look-up
 * here.
 */
public final class NumericAddress {
    private static final Pattern V4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
    private static final Pattern V6 = Pattern.compile("(?=.*:)[0-9A-Fa-f:.]{2,45}");
    private static final Pattern ZONE = Pattern.compile("%.*$");
    private static final int MAX_OCTET = 255;

    private NumericAddress() {}

    /**
     * @param text an IPv4 address, or an IPv6 address without brackets, with a zone or without; or any other text
     * @return null if the text is not an address
     */
    public static InetAddress of(String text) {
        if (text == null) {
            return null;
        }
        try {
            if (V4.matcher(text).matches()) {
                return v4(text.split("\\.", -1));
            }
            String address = ZONE.matcher(text).replaceFirst("");
            // In brackets, Java takes the text for an IPv6 address or for nothing. Without them, it may resolve it.
            return V6.matcher(address).matches() ? InetAddress.getByName('[' + address + ']') : null;
        } catch (UnknownHostException e) {
            return null;
        }
    }

    private static InetAddress v4(String[] octets) throws UnknownHostException {
        byte[] address = new byte[octets.length];
        for (int i = 0; i < octets.length; i++) {
            int octet = Integer.parseInt(octets[i]);
            if (octet > MAX_OCTET) {
                return null;
            }
            address[i] = (byte) octet;
        }
        return InetAddress.getByAddress(address);
    }
}
