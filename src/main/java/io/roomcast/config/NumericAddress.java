package io.roomcast.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/**
 * Reads numeric addresses. Clients choose many of these texts, and a text that is no address never causes a DNS look-up
 * here.
 */
public final class NumericAddress {
    private static final Pattern V6 = Pattern.compile("(?=.*:)[0-9A-Fa-f:.]{2,45}");
    private static final int OCTETS = 4;
    private static final int OCTET_DIGITS = 3;
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
            return text.indexOf(':') < 0 ? v4(text) : v6(text);
        } catch (UnknownHostException e) {
            return null;
        }
    }

    private static InetAddress v6(String text) throws UnknownHostException {
        int zone = text.indexOf('%');
        String address = zone < 0 ? text : text.substring(0, zone);
        // In brackets, Java takes the text for an IPv6 address or for nothing. Without them, it may resolve it.
        return V6.matcher(address).matches() ? InetAddress.getByName('[' + address + ']') : null;
    }

    /** Reads four decimal numbers. Without a pattern, because each handshake asks several times. */
    private static InetAddress v4(String text) throws UnknownHostException {
        byte[] address = new byte[OCTETS];
        int count = 0;
        int digits = 0;
        int octet = 0;
        for (int i = 0; i <= text.length(); i++) {
            char c = i == text.length() ? '.' : text.charAt(i);
            if (c == '.') {
                if (digits == 0 || octet > MAX_OCTET || count == OCTETS) {
                    return null;
                }
                address[count++] = (byte) octet;
                digits = 0;
                octet = 0;
            } else if (c >= '0' && c <= '9' && digits < OCTET_DIGITS) {
                octet = 10 * octet + c - '0';
                digits++;
            } else {
                return null;
            }
        }
        return count == OCTETS ? InetAddress.getByAddress(address) : null;
    }
}
