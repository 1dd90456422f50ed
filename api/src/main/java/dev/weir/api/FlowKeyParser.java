package dev.weir.api;

import dev.weir.api.v1.FlowKey;
import dev.weir.packet.Addresses;
import java.util.List;
import java.util.Locale;

/** Reads one text of a key, from left to right. */
final class FlowKeyParser {
    private static final int MAX_LENGTH = 256;
    private static final int MAX_PORT = 0xFFFF, MAX_PROTOCOL = 0xFF, MAX_TENANT = 0xFF_FFFF;
    private static final String EXAMPLE = "tcp 10.0.0.1:1234 > 10.0.0.2:80";
    private static final List<String> TOWARDS = List.of("->", ">", "-", "to");

    private final String text;
    private final FlowKey.Builder key = FlowKey.newBuilder();
    private final byte[] octets = new byte[16];
    private int at;

    FlowKeyParser(String text) {
        this.text = text;
    }

    FlowKey parse() throws FlowKeyException {
        if (text.length() > MAX_LENGTH) {
            throw new FlowKeyException(MAX_LENGTH, "the key is too long; write " + EXAMPLE);
        }
        int protocol = protocol();
        key.setProtocol(protocol);
        int family = endpoint(protocol, "the source", true);
        towards();
        skipBlanks();
        int second = at;
        if (endpoint(protocol, "the destination", false) != family) {
            throw new FlowKeyException(
                    second, "the source is IPv" + family + " and the destination is not; give addresses of one family");
        }
        tenant();
        return key.build();
    }

    private void skipBlanks() {
        while (at < text.length() && isBlank(text.charAt(at))) {
            at++;
        }
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    /** What comes next up to a blank or an arrow; empty at the end. */
    private String word() {
        skipBlanks();
        int from = at;
        while (at < text.length() && !isBlank(text.charAt(at)) && text.charAt(at) != '>') {
            at++;
        }
        if (at > from + 1 && at < text.length() && text.charAt(at) == '>' && text.charAt(at - 1) == '-') {
            at--;
        }
        return text.substring(from, at);
    }

    private int protocol() throws FlowKeyException {
        String word = word().toLowerCase(Locale.ROOT);
        int from = at - word.length();
        int named = FlowKeys.protocolNumber(word);
        if (named >= 0) {
            return named;
        }
        int number = number(word, MAX_PROTOCOL);
        if (number < 0) {
            String why = word.isEmpty() ? "the protocol is missing" : quoted(word) + " is no protocol";
            throw new FlowKeyException(from, why + "; begin with tcp, udp, icmp, or a number up to 255");
        }
        return number;
    }

    /** An address, and its port where the protocol has ports; the address's family. */
    private int endpoint(int protocol, String what, boolean source) throws FlowKeyException {
        String word = word();
        int from = at - word.length();
        if (word.isEmpty()) {
            throw new FlowKeyException(from, what + " is missing; write " + EXAMPLE);
        }
        int colon = portColon(word);
        String address = unbracketed(colon < 0 ? word : word.substring(0, colon));
        int family = Addresses.parse(address, octets);
        if (family == 0) {
            throw new FlowKeyException(
                    from, quoted(address) + " is no address; write 10.0.0.1, or [2001:db8::1] where a port follows");
        }
        int port = colon < 0 ? noPort(protocol, address, family) : port(protocol, word, from, colon);
        if (source) {
            key.setSource(address).setSourcePort(port);
        } else {
            key.setDestination(address).setDestinationPort(port);
        }
        return family;
    }

    /** Where the colon before the port is, -1 where there is none: in brackets or not, IPv6 has several others. */
    private static int portColon(String word) {
        int last = word.lastIndexOf(':');
        if (word.startsWith("[")) {
            return last > 0 && word.charAt(last - 1) == ']' ? last : -1;
        }
        return last == word.indexOf(':') ? last : -1;
    }

    private static String unbracketed(String address) {
        boolean brackets = address.length() > 2 && address.startsWith("[") && address.endsWith("]");
        return brackets ? address.substring(1, address.length() - 1) : address;
    }

    private int noPort(int protocol, String address, int family) throws FlowKeyException {
        if (FlowKeys.hasPorts(protocol)) {
            String remedy = family == 6 ? "[" + address + "]:80" : address + ":80";
            throw new FlowKeyException(at, "the port is missing; write " + remedy);
        }
        return 0;
    }

    private static int port(int protocol, String word, int from, int colon) throws FlowKeyException {
        if (!FlowKeys.hasPorts(protocol) && !FlowKeys.hasIdentifiers(protocol)) {
            throw new FlowKeyException(
                    from + colon, "protocol " + FlowKeys.protocolName(protocol) + " has no ports; leave it out");
        }
        int port = number(word.substring(colon + 1), MAX_PORT);
        if (port < 0) {
            throw new FlowKeyException(
                    from + colon + 1, quoted(word.substring(colon + 1)) + " is no port; give 0 to " + MAX_PORT);
        }
        return port;
    }

    private void towards() throws FlowKeyException {
        skipBlanks();
        for (String arrow : TOWARDS) {
            if (text.startsWith(arrow, at)) {
                at += arrow.length();
                return;
            }
        }
        throw new FlowKeyException(at, "'>' is missing between the two ends; write " + EXAMPLE);
    }

    private void tenant() throws FlowKeyException {
        String word = word();
        if (word.isEmpty() && at == text.length()) {
            return;
        }
        if (!word.equals("tenant")) {
            throw new FlowKeyException(
                    at - word.length(), "only 'tenant N' can follow, not " + quoted(word.isEmpty() ? ">" : word));
        }
        String number = word();
        int tenant = number(number, MAX_TENANT);
        if (tenant < 0) {
            throw new FlowKeyException(
                    at - number.length(), quoted(number) + " is no tenant; give a number up to " + MAX_TENANT);
        }
        key.setTenant(tenant);
        skipBlanks();
        if (at < text.length()) {
            throw new FlowKeyException(at, "nothing can follow the tenant; leave it out");
        }
    }

    /** A decimal number up to a limit, -1 where the word is none. */
    private static int number(String word, int limit) {
        if (word.isEmpty() || word.length() > 8) {
            return -1;
        }
        int value = 0;
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            value = value * 10 + (c - '0');
        }
        return value <= limit ? value : -1;
    }

    /** As messages show it: what is not printable ASCII as a question mark. */
    private static String quoted(String word) {
        var out = new StringBuilder("'");
        for (int i = 0; i < Math.min(word.length(), 60); i++) {
            char c = word.charAt(i);
            out.append(c > ' ' && c < 0x7F ? c : '?');
        }
        return out.append('\'').toString();
    }
}
